using System;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>An answer's body is longer than <see cref="ResponseBody.Longest"/>.</summary>
internal sealed class BodyTooLongException() : Exception(FormattableString.Invariant($"it is longer than {ResponseBody.Longest >> 20} MiB."));

/// <summary>
/// An answer's body as it is read, unpacked and up to <see cref="Longest"/>: a few packed kilobytes can be gigabytes. What is longer is a
/// <see cref="BodyTooLongException"/>. What cannot be unpacked is an <see cref="System.IO.InvalidDataException"/>, however it was packed.
/// </summary>
internal sealed class ResponseBody : ForwardStream
{
    /// <summary>
    /// The most bytes that are read of one answer. The longest is a page of 1,000 executions, of which one that failed tells its reason twice: some 3 MB as a rule,
    /// and these bytes where each reason is as long as Mistral's database keeps one (64 KiB).
    /// </summary>
    public const long Longest = 128 << 20;

    private readonly Stream _body;
    private long _read;

    private ResponseBody(Stream body) => _body = body;

    /// <summary>Begins to read an answer's body.</summary>
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
            throw new InvalidDataException(e.Message, e); // Brotli's word for it.
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
