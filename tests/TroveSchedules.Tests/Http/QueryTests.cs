using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using TroveSchedules.OpenStack.Http;
using Xunit;

namespace TroveSchedules.Tests.Http;

public sealed class QueryTests
{
    // Parses a query like a server.
    private static Dictionary<string, string> Read(string query) => query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=')).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(Assert.Single(pair.Skip(1))));

    [Theory]
    [InlineData("in:prod")]
    [InlineData("has:%")]
    [InlineData("eq:eq:x")]
    [InlineData("a&limit=1")]
    [InlineData("a=b#c?d/e+f g%20h;i,j")]
    [InlineData("日本 😀")]
    [InlineData("")]
    public void A_value_is_never_read_as_an_operator_or_another_parameter(string value)
    {
        Assert.Equal(new() { ["name"] = "eq:" + value }, Read(new Query().Equal("name", value).ToString()));
        Assert.Equal(new() { ["description"] = "has:" + value }, Read(new Query().Has("description", value).ToString()));
    }

    [Fact]
    public void Any_text_is_read_back_unchanged_from_an_address()
    {
        Prop.ForAll<string?>(text =>
        {
            // UTF-8 cannot encode a lone surrogate.
            string value = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
            var uri = new Uri("http://cloud:8989/v2/executions" + new Query().Equal("workflow_name", value).Has("description", value).Page(value, 5));
            Dictionary<string, string> read = Read(uri.Query);
            return uri.AbsolutePath == "/v2/executions" && uri.Fragment == "" && read.Count == 4
                && read["workflow_name"] == "eq:" + value && read["description"] == "has:" + value && read["marker"] == value && read["limit"] == "5";
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_query_without_filters_is_empty() => Assert.Equal("", new Query().In("state", []).UpToSecond("created_at", null).AllProjects(false).ToString());

    [Fact]
    public void Adding_to_a_copy_does_not_change_the_original()
    {
        Query query = new Query().Equal("a", "b");
        Assert.Equal("?a=eq%3Ab&limit=3&marker=m", query.Copy().Page("m", 3).ToString());
        Assert.Equal("?a=eq%3Ab", query.ToString());
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05+09:00", "lt:2026-01-01 18:04:06")]
    [InlineData("2026-01-02T03:04:05.999+09:00", "lt:2026-01-01 18:04:06")]
    [InlineData("2026-12-31T23:59:59Z", "lt:2027-01-01 00:00:00")]
    public void A_time_is_sent_in_UTC_in_the_format_of_Mistral(string time, string expected)
    {
        string query = new Query().UpToSecond("created_at", DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture)).ToString();
        Assert.Equal(expected, Read(query)["created_at"]);
    }

    [Fact]
    public void DateTimeOffset_MaxValue_adds_no_filter() => Assert.Equal("", new Query().UpToSecond("created_at", DateTimeOffset.MaxValue).ToString());

    [Theory]
    [InlineData("\"2026-11-22 07:44:00\"", "2026-11-22T07:44:00.0000000+00:00")]
    [InlineData("\"2026-11-22 07:44:00.123456\"", "2026-11-22T07:44:00.1234560+00:00")]
    [InlineData("\"2026-11-22T07:44:00\"", "2026-11-22T07:44:00.0000000+00:00")]
    [InlineData("\"2026-11-22T07:44:00.000000Z\"", "2026-11-22T07:44:00.0000000+00:00")]
    [InlineData("\"2026-11-22T07:44:00Z\"", "2026-11-22T07:44:00.0000000+00:00")]
    [InlineData("\"2026-11-22 09:44:00+02:00\"", "2026-11-22T07:44:00.0000000+00:00")]
    [InlineData("\"2024-02-29 23:59:59\"", "2024-02-29T23:59:59.0000000+00:00")]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    public void Every_time_format_is_read_as_UTC(string json, string? expected)
    {
        DateTimeOffset? time = JsonSerializer.Deserialize($$"""{"id": "x", "name": "y", "created_at": {{json}}}""", WireJson.Default.CronTrigger)!.CreatedAt;
        Assert.Equal(expected, time?.ToString("o"));
    }

    [Theory]
    [InlineData("\"tomorrow\"")]
    [InlineData("\"2026-02-30 07:44:00\"")]
    [InlineData("\"07:44\"")]
    [InlineData("\"2026\"")]
    [InlineData("\"11/22/2026\"")]
    [InlineData("\"None\"")]
    [InlineData("\" \"")]
    [InlineData("1795333440")]
    [InlineData("{}")]
    [InlineData("\"\\ud83d\"")]
    public void An_invalid_time_throws(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize($$"""{"id": "x", "name": "y", "created_at": {{json}}}""", WireJson.Default.CronTrigger));
}
