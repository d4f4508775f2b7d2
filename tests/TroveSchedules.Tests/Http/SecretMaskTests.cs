using System;
using System.Net.Http;
using TroveSchedules.OpenStack.Http;
using Xunit;

namespace TroveSchedules.Tests.Http;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("""{"password": "x9"}""", """{"password":"***"}""")]
    [InlineData("""{"adminPass": "x9", "Secret": 9, "pass": null, "a": [{"ssh_private_key": "x9"}]}""", """{"adminPass":"***","Secret":"***","pass":null,"a":[{"ssh_private_key":"***"}]}""")]
    [InlineData("""{"receipt": "x9", "receipts": {"methods": ["password"]}}""", """{"receipt":"***","receipts":{"methods":["password"]}}""")]
    [InlineData("""{"tokens": ["x9", "y"]}""", """{"tokens":["***","***"]}""")]
    [InlineData("""{"token": {"id": "x9", "methods": ["token"]}, "id": "1"}""", """{"token":{"id":"***","methods":["token"]},"id":"1"}""")]
    [InlineData("""{"input": "{\"password\": \"x9\", \"name\": \"n\"}"}""", """{"input":"{\"password\":\"***\",\"name\":\"n\"}"}""")]
    [InlineData("""{"input": "{\"deep\": \"{\\\"password\\\": \\\"x9\\\"}\"}"}""", """{"input":"{\"deep\":\"{\\\"password\\\":\\\"***\\\"}\"}"}""")]
    [InlineData("""{"state_info": "failed with password=x9, alas"}""", """{"state_info":"failed with password=*** alas"}""")]
    [InlineData("""{"n": 1.50, "b": true, "umlaut": "ä<&'"}""", """{"n":1.50,"b":true,"umlaut":"ä<&'"}""")]
    public void Values_under_secret_names_are_masked_in_JSON(string body, string masked) => Assert.Equal(masked, new SecretMask().Mask(body));

    [Theory]
    [InlineData("""{"password": "x9", "broken": """, """{"password": ***, "broken": """)]
    [InlineData("""{"password": "x9 \" z9", "broken": """, """{"password": ***, "broken": """)]
    [InlineData("""{"password": "x9 and no e""", """{"password": ***""")]
    [InlineData("""{"input": "{\"password\": \"x9\", \"a""", """{"input": "{\"password\": ***, \"a""")]
    [InlineData("input:\n  - db_password: 'x 9'\n  - name: n", "input:\n  - db_password: ***\n  - name: n")]
    [InlineData("Bad request: {password: x9}", "Bad request: {password: ***")]
    [InlineData("Could not find auth receipt: x9", "Could not find auth receipt: ***")]
    [InlineData("SECRET_KEY = x9", "SECRET_KEY = ***")]
    [InlineData("The token is invalid", "The token is invalid")]
    [InlineData("{\"password\": \"x9\", \"half\": \"\\ud800\"}", "{\"password\": ***, \"half\": \"\\ud800\"}")]
    public void Values_under_secret_names_are_masked_in_other_text(string body, string masked) => Assert.Equal(masked, new SecretMask().Mask(body));

    [Fact]
    public void A_known_secret_is_masked_in_every_encoding()
    {
        var mask = new SecretMask();
        mask.Mask("""{"password": "a \"b\"/ü"}""");
        Assert.Equal("*** and *** and *** and ***", mask.MaskKnown("""a "b"/ü and a \"b\"/ü and a \u0022b\u0022/\u00FC and a%20%22b%22%2F%C3%BC"""));
    }

    [Fact]
    public void A_header_value_is_masked_and_empty_secrets_are_ignored()
    {
        using var request = new HttpRequestMessage();
        request.Headers.Add("X-Auth-Token", "x9");
        var mask = new SecretMask();
        mask.AddHeader(request.Headers, "X-Auth-Token");
        mask.AddHeader(request.Headers, "X-Other");
        mask.Mask("""{"password": ""}""");
        Assert.Equal("<p>***</p>", mask.Mask("<p>x9</p>"));
    }

    [Fact]
    public void Masking_a_long_word_does_not_hang() => Assert.Equal(1_000_000, new SecretMask().Mask(new string('p', 1_000_000)).Length);

    [Fact]
    public void A_long_secret_is_masked_with_little_memory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("{\"password_expires_at\":\"***\"}", new SecretMask().Mask($$"""{"password_expires_at": "{{new string('{', 200_000)}}"}"""));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
    }
}
