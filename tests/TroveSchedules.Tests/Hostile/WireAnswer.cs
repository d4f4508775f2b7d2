using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TroveSchedules.Tests.Hostile;

/// <summary>A response as it is sent, valid or not.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">Names and values, which may be invalid. A name may occur twice.</param>
/// <param name="Body">The bytes of the body.</param>
/// <param name="Piece">Number of bytes that are sent at a time; 0 for all at once.</param>
internal sealed record WireAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, int Piece = 0)
{
    public static WireAnswer Json(int status, string body, params (string Name, string Value)[] headers) =>
        new(status, [("Content-Type", "application/json"), ("x-openstack-request-id", "req-5d1b7cb2-3f5e-4cf4-9f34-7d0f5b1a0c11"), .. headers], Encoding.UTF8.GetBytes(body));

    public static WireAnswer Html(int status, string body, params (string Name, string Value)[] headers) =>
        new(status, [("Content-Type", "text/html; charset=UTF-8"), .. headers], Encoding.UTF8.GetBytes(body));

    public static WireAnswer Empty(int status, params (string Name, string Value)[] headers) => new(status, headers, []);

    public Task<HttpResponseMessage> Answer(RecordedRequest request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage((HttpStatusCode)Status) { Content = Piece == 0 ? new ByteArrayContent(Body) : new StreamContent(new Trickle(Body, Piece)) };
        foreach ((string name, string value) in Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
                response.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return Task.FromResult(response);
    }

    private sealed class Trickle(byte[] body, int piece) : MemoryStream(body)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, int.Min(count, piece));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            base.ReadAsync(buffer, offset, int.Min(count, piece), cancellationToken);

        public override ValueTask<int> ReadAsync(System.Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..int.Min(buffer.Length, piece)], cancellationToken);
    }
}
