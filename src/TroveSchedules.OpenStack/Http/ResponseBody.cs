using System;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>A response body is longer than <see cref="ResponseBody.Longest"/>.</summary>
internal sealed class BodyTooLongException() : Exception(FormattableString.Invariant($"it is longer than {ResponseBody.Longest >> 20} MiB."));

/// <summary>
/// A response body, decompressed and limited to <see cref="Longest"/>, because a few compressed kilobytes can expand to gigabytes. Reading a longer body throws
/// <see cref="BodyTooLongException"/>. Invalid compressed data throws <see cref="System.IO.InvalidDataException"/>, for every compression method.
/// </summary>
internal sealed class ResponseBody : ForwardStream
{
    /// <summary>
    /// Maximum size of one response body, in bytes. The longest response is a page of 1,000 executions, in which a failed execution contains its reason twice: usually some 3 MB,
    /// and this limit if each reason has the maximum length of Mistral's database (64 KiB).
    /// </summary>
    public const long Longest = 128 << 20;

    private readonly Stream _body;
    private long _read;

    private ResponseBody(Stream body) => _body = body;

    /// <summary>Opens a response body for reading.</summary>
    public static async Task<Stream> OpenAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        new ResponseBody(await ContentReading.StreamAsync(response.Content, cancellationToken).ConfigureAwait(false));

#if NET
    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Counted(await _body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            throw new InvalidDataException(e.Message, e); // Brotli throws this for invalid data.
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
#else
    /// <inheritdoc/>
    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Counted(await _body.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false));
#endif

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Counted(_body.Read(buffer, offset, count));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _body.Dispose();
        base.Dispose(disposing);
    }

    private int Counted(int count) => (_read += count) <= Longest
        ? count
        : throw new BodyTooLongException();
}
