using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Reads the body of a request or a response. .NET Standard has no overloads that take a token, and a response without a body has no content there.</summary>
internal static class ContentReading
{
    public static Task<byte[]> BytesAsync(HttpContent content, CancellationToken cancellationToken) =>
#if NET
        content.ReadAsByteArrayAsync(cancellationToken);
#else
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<byte[]>(cancellationToken) : content.ReadAsByteArrayAsync();
#endif

    public static Task<Stream> StreamAsync(HttpContent? content, CancellationToken cancellationToken) =>
#if NET
        content is null ? Task.FromResult(Stream.Null) : content.ReadAsStreamAsync(cancellationToken);
#else
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<Stream>(cancellationToken)
        : content is null ? Task.FromResult(Stream.Null)
        : content.ReadAsStreamAsync();
#endif
}
