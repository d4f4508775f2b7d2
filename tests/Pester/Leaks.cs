using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using TroveSchedules.TestSupport;

namespace TroveSchedules.PesterTests
{
    /// <summary>
    /// A server that sends prepared responses byte for byte, including malformed ones. &lt;secret&gt; in a response is replaced by the secrets of the
    /// request. A request
    /// without a prepared response gets <see cref="Otherwise"/>.
    /// </summary>
    public sealed class EchoServer : IDisposable
    {
        private readonly LoopbackServer _server;
        private readonly List<KeyValuePair<Regex, string>> _responses = new List<KeyValuePair<Regex, string>>();

        public EchoServer() => _server = new LoopbackServer(connection => RespondAsync(connection.Stream));

        public string Url => _server.Url;

        /// <summary>The secrets to repeat. A response repeats those that its request contains.</summary>
        public string[] Secrets { get; set; } = new string[0];

        public string Otherwise { get; set; } = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

        /// <summary>The received requests, unchanged.</summary>
        public ConcurrentQueue<string> Received { get; } = new ConcurrentQueue<string>();

        public void Answer(string request, string response)
        {
            lock (_responses)
                _responses.Add(new KeyValuePair<Regex, string>(new Regex(request), response));
        }

        public void Dispose() => _server.Dispose();

        // One request per connection, because the end of a malformed response is not known.
        private async Task RespondAsync(Stream stream)
        {
            string request = await ReadAsync(stream);
            Received.Enqueue(request);
            string response;
            lock (_responses)
                response = _responses.Where(a => a.Key.IsMatch(request)).Select(a => a.Value).FirstOrDefault() ?? Otherwise;
            int body = response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (response.IndexOf("Content-Length", StringComparison.OrdinalIgnoreCase) < 0)
            {
                response = response.Insert(body - 2, "Connection: close\r\n");
                body += "Connection: close\r\n".Length;
            }
            string[] sent = Secrets.Where(secret => request.Contains(secret) || request.Contains(System.Text.Json.JsonEncodedText.Encode(secret).ToString())).ToArray();
            string headText = string.Join(" ", sent.Select(secret => secret.All(c => c >= ' ' && c <= '~') ? secret : Uri.EscapeDataString(secret)));
            string bodyText = string.Join(" ", sent.Select(secret => System.Text.Json.JsonEncodedText.Encode(secret, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)));
            byte[] bytes = Encoding.UTF8.GetBytes(response.Substring(0, Math.Max(0, body - 2)).Replace("<secret>", headText) + response.Substring(Math.Max(0, body - 2)).Replace("<secret>", bodyText));
            await stream.WriteAsync(bytes, 0, bytes.Length);
            ((NetworkStream)stream).Socket.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null); // Until the client closes the connection.
        }

        private static async Task<string> ReadAsync(Stream stream)
        {
            var all = new MemoryStream();
            var buffer = new byte[8192];
            int read;
            while ((read = await stream.ReadAsync(buffer, 0, buffer.Length)) > 0)
            {
                all.Write(buffer, 0, read);
                if (all.GetBuffer()[0] == 0x16)
                    return "(the beginning of TLS)";
                string text = Encoding.UTF8.GetString(all.ToArray());
                int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (head < 0)
                    continue;
                Match length = Regex.Match(text.Substring(0, head), @"(?im)^Content-Length: (\d+)");
                if (!length.Success || all.Length >= head + 4 + int.Parse(length.Groups[1].Value))
                    return text;
            }
            return Encoding.UTF8.GetString(all.ToArray());
        }
    }

    /// <summary>Records the diagnostics of .NET in this process: event sources, and activities with their tags.</summary>
    public sealed class ProcessLog : EventListener
    {
        private static readonly Regex ObservedSources = new Regex(@"^(System\.Net|Microsoft-Extensions|Microsoft-Diagnostics-DiagnosticSource|System\.Diagnostics\.Metrics|Polly)");
        private readonly ConcurrentQueue<string> _events = new ConcurrentQueue<string>();
        private readonly ActivityListener _activities;
        private volatile bool _isOpen = true;

        public ProcessLog()
        {
            _activities = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => _events.Enqueue("activity " + activity.DisplayName + " " + string.Join(" ", activity.TagObjects) + " " + string.Join(" ", activity.Baggage)
                    + " " + string.Join(" ", activity.Events.Select(e => e.Name + " " + string.Join(" ", e.Tags))) + " " + activity.StatusDescription),
            };
            ActivitySource.AddActivityListener(_activities);
        }

        public string[] Heard => _events.ToArray();

        protected override void OnEventSourceCreated(EventSource source)
        {
            if (ObservedSources.IsMatch(source.Name))
                EnableEvents(source, EventLevel.Verbose, EventKeywords.All);
        }

        protected override void OnEventWritten(EventWrittenEventArgs written)
        {
            if (_isOpen && _events != null)
                _events.Enqueue(written.EventSource.Name + " " + written.EventName + " " + string.Join(" ", (written.Payload ?? Enumerable.Empty<object>()).Select(Text)));
        }

        public override void Dispose()
        {
            _isOpen = false;
            _activities.Dispose();
            base.Dispose();
        }

        private static string Text(object value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes)
            : value is IEnumerable several && !(value is string) ? string.Join(" ", several.Cast<object>().Select(Text))
            : value?.ToString();
    }

    /// <summary>Searches texts and objects for secrets in many encodings.</summary>
    public sealed class SecretHunt
    {
        private readonly List<KeyValuePair<string, string>> _encodings = new List<KeyValuePair<string, string>>();

        public SecretHunt(params string[] secrets)
        {
            foreach (string secret in secrets.Distinct())
            {
                byte[] bytes = Encoding.UTF8.GetBytes(secret);
                string hex = BitConverter.ToString(Encoding.Unicode.GetBytes(secret)).Replace("-", "");
                string json = System.Text.Json.JsonEncodedText.Encode(secret).ToString();
                string relaxed = System.Text.Json.JsonEncodedText.Encode(secret, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
                Add("as it is", secret);
                Add("as JSON", json);
                Add("as relaxed JSON", relaxed);
                Add("as JSON in JSON", System.Text.Json.JsonEncodedText.Encode(json).ToString());
                Add("as an address", Uri.EscapeDataString(secret));
                Add("as a form", WebUtility.UrlEncode(secret));
                Add("as a page", WebUtility.HtmlEncode(secret));
                Add("as base64", Convert.ToBase64String(bytes).TrimEnd('='));
                Add("as base64 of UTF-16", Convert.ToBase64String(Encoding.Unicode.GetBytes(secret)).TrimEnd('='));
                Add("as hexadecimal UTF-16", hex);
                Add("as hexadecimal UTF-16", hex.ToLowerInvariant());
                if (secret.Length >= 40)
                    Add("by its beginning", secret.Substring(0, 20));
            }
        }

        /// <summary>Finds a secret in a text. Returns the encoding and the surrounding text; null if there is none.</summary>
        public string In(string text)
        {
            if (string.IsNullOrEmpty(text))
                return null;
            foreach (KeyValuePair<string, string> form in _encodings)
            {
                int at = text.IndexOf(form.Value, StringComparison.Ordinal);
                if (at >= 0)
                    return form.Key + ": …" + text.Substring(Math.Max(0, at - 100), Math.Min(text.Length - Math.Max(0, at - 100), 160)) + "…";
            }
            return null;
        }

        /// <summary>Finds a secret in the values that the public properties of an object lead to; null if there is none.</summary>
        public string InProperties(object root, int depth)
        {
            var visited = new HashSet<object>(ReferenceEqualityComparer.Instance);
            var remaining = new Queue<Tuple<object, string, int>>();
            remaining.Enqueue(Tuple.Create(root, root?.GetType().Name ?? "", 0));
            while (remaining.Count > 0)
            {
                Tuple<object, string, int> next = remaining.Dequeue();
                object value = next.Item1 is System.Management.Automation.PSObject wrapped ? wrapped.BaseObject : next.Item1;
                if (value is null || value is MemberInfo || value is Module || value is Assembly || value is System.Management.Automation.CommandInfo
                    || value is System.Management.Automation.ScriptBlock || value is System.Globalization.CultureInfo || value is DateTime || value is DateTimeOffset || (!(value is ValueType) && !visited.Add(value)))
                    continue;
                string found;
                try
                {
                    found = In(value as string ?? value.ToString());
                }
                catch (Exception)
                {
                    found = null;
                }
                if (found != null)
                    return next.Item2 + " " + found;
                if (value is string || value.GetType().IsPrimitive || next.Item3 == depth)
                    continue;
                if (value is IDictionary dictionary)
                {
                    foreach (DictionaryEntry entry in dictionary)
                    {
                        remaining.Enqueue(Tuple.Create(entry.Key, next.Item2 + ".key", next.Item3 + 1));
                        remaining.Enqueue(Tuple.Create(entry.Value, next.Item2 + "[" + entry.Key + "]", next.Item3 + 1));
                    }
                }
                else if (value is ICollection several)
                {
                    foreach (object item in several)
                        remaining.Enqueue(Tuple.Create(item, next.Item2 + "[]", next.Item3 + 1));
                }
                foreach (PropertyInfo property in value.GetType().GetProperties().Where(p => p.CanRead && p.GetIndexParameters().Length == 0 && !p.PropertyType.IsByRef && !p.PropertyType.IsByRefLike))
                {
                    try
                    {
                        remaining.Enqueue(Tuple.Create(property.GetValue(value), next.Item2 + "." + property.Name, next.Item3 + 1));
                    }
                    catch (Exception)
                    {
                        // The property has no value now.
                    }
                }
            }
            return null;
        }

        private void Add(string name, string form)
        {
            if (form.Length >= 6)
                _encodings.Add(new KeyValuePair<string, string>(name, form));
        }
    }
}
