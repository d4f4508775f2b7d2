using System;
using System.Linq;
using TroveSchedules.OpenStack.Keystone;
using Xunit;

namespace TroveSchedules.Tests.Keystone;

public sealed class ServiceCatalogTests
{
    private static CloudSettings Settings(string? region = null, EndpointInterface @interface = EndpointInterface.Public, string? mistral = null, string? trove = null) => new()
    {
        AuthUrl = new Uri("http://k"),
        Credential = new TokenCredential("topsecret"),
        Region = region,
        Interface = @interface,
        WorkflowEndpoint = mistral is null ? null : new Uri(mistral),
        DatabaseEndpoint = trove is null ? null : new Uri(trove),
    };

    /// <summary>A catalog. Each endpoint is given as "type interface region url".</summary>
    private static ServiceCatalog Catalog(params string[] endpoints) => new(
        [
            .. endpoints.Select(endpoint => endpoint.Split(' ')).Select(words => new CatalogService
            {
                Type = words[0],
                Endpoints = [new CatalogEndpoint { Interface = words[1], Region = words[2], Url = words[3] }],
            }),
        ],
        "p1");

    [Theory]
    [InlineData("region", "http://b/v2", "http://e/v1.0/p1")]
    [InlineData("interface", "http://c/v2", "http://f/v1.0/p1")]
    [InlineData("type", "http://d/v2", "http://g/v1.0/p1")]
    public void A_service_may_have_settings_of_its_own(string setting, string mistral, string trove)
    {
        ServiceCatalog catalog = Catalog(
            "workflowv2 public A http://a", "workflowv2 public B http://b", "workflowv2 internal A http://c", "x:workflow public A http://d",
            "database public A http://t", "database public B http://e", "database internal A http://f", "x:database public A http://g");
        ServiceChoice Choice(string type) => setting switch
        {
            "region" => new ServiceChoice { Region = "B" },
            "interface" => new ServiceChoice { Interface = EndpointInterface.Internal },
            _ => new ServiceChoice { Type = type },
        };
        Assert.Equal(mistral, catalog.Mistral(Settings("A") with { Workflow = Choice("x:workflow") }).ToString());
        Assert.Equal("http://t/v1.0/p1", catalog.Trove(Settings("A") with { Workflow = Choice("x:workflow") }).ToString());
        Assert.Equal(trove, catalog.Trove(Settings("A") with { Database = Choice("x:database") }).ToString());
        Assert.Equal("http://a/v2", catalog.Mistral(Settings("A") with { Database = Choice("x:database") }).ToString());
    }

    [Fact]
    public void A_service_may_be_chosen_by_its_name()
    {
        var catalog = new ServiceCatalog(
            [.. new[] { "old", "new" }.Select(name => new CatalogService { Type = "database", Name = name, Endpoints = [new CatalogEndpoint { Interface = "public", Region = "R", Url = $"http://{name}" }] })], "p1");
        Assert.Equal("http://new/v1.0/p1", catalog.Trove(Settings() with { Database = new ServiceChoice { Name = "new" } }).ToString());
        Assert.Contains("name 'other'", Assert.Throws<TroveScheduleException>(() => catalog.Trove(Settings() with { Database = new ServiceChoice { Name = "other" } })).Message);
    }

    [Theory]
    [InlineData("http://m:8989/v2", "http://m:8989/v2")]
    [InlineData("http://m:8989/v2/", "http://m:8989/v2")]
    [InlineData("http://m:8989", "http://m:8989/v2")]
    [InlineData("http://m:8989/", "http://m:8989/v2")]
    [InlineData("https://c/workflow", "https://c/workflow/v2")]
    [InlineData("https://c/workflow/v2", "https://c/workflow/v2")]
    [InlineData("https://c:443/$(project_id)s/workflow", "https://c/p1/workflow/v2")]
    public void The_address_of_Mistral_ends_in_v2(string url, string expected)
    {
        Assert.Equal(expected, Catalog($"workflowv2 public R {url}").Mistral(Settings()).ToString());
        Assert.Equal(expected, Catalog().Mistral(Settings(mistral: url)).ToString());
    }

    [Theory]
    [InlineData("http://t:8779/v1.0/p1", "http://t:8779/v1.0/p1")]
    [InlineData("http://t:8779/v1.0/p1/", "http://t:8779/v1.0/p1")]
    [InlineData("http://t:8779/v1.0", "http://t:8779/v1.0/p1")]
    [InlineData("http://t:8779/v1.0/", "http://t:8779/v1.0/p1")]
    [InlineData("http://t:8779", "http://t:8779/v1.0/p1")]
    [InlineData("https://c/database/", "https://c/database/v1.0/p1")]
    [InlineData("http://t:8779/v1.0/$(project_id)s", "http://t:8779/v1.0/p1")]
    [InlineData("http://t:8779/v1.0/%(tenant_id)s", "http://t:8779/v1.0/p1")]
    [InlineData("http://t:8779/v1.0/$(tenant_id)s/", "http://t:8779/v1.0/p1")]
    [InlineData("http://t:8779/v1.0/%(project_id)s", "http://t:8779/v1.0/p1")]
    [InlineData("http://t:8779/v1.0/another", "http://t:8779/v1.0/p1")]
    [InlineData("https://c/v1/database", "https://c/v1/database/v1.0/p1")]
    public void The_address_of_Trove_ends_in_the_project_of_the_token(string url, string expected)
    {
        Assert.Equal(expected, Catalog($"database public R {url}").Trove(Settings()).ToString());
        Assert.Equal(expected, Catalog().Trove(Settings(trove: url)).ToString());
    }

    [Fact]
    public void An_override_wins_over_the_catalog() =>
        Assert.Equal("http://mine/v2", Catalog("workflowv2 public R http://theirs/v2").Mistral(Settings(region: "nowhere", mistral: "http://mine")).ToString());

    [Fact]
    public void Workflowv2_is_preferred_to_workflow_in_any_order()
    {
        Assert.Equal("http://new/v2", Catalog("workflow public R http://old", "workflowv2 public R http://new").Mistral(Settings()).ToString());
        Assert.Equal("http://old/v2", Catalog("workflow public R http://old", "database public R http://t").Mistral(Settings()).ToString());
        Assert.Equal("http://old/v2", Catalog("workflow public A http://old", "workflowv2 public B http://new").Mistral(Settings("A")).ToString());
    }

    [Theory]
    [InlineData(null, EndpointInterface.Public, "http://one/v2")]
    [InlineData("Two", EndpointInterface.Public, "http://two/v2")]
    [InlineData("Two", EndpointInterface.Internal, "http://two-internal/v2")]
    [InlineData(null, EndpointInterface.Internal, "http://two-internal/v2")]
    public void Region_and_interface_choose_the_endpoint(string? region, EndpointInterface @interface, string expected)
    {
        ServiceCatalog catalog = Catalog(
            "workflowv2 public One http://one", "workflowv2 public Two http://two", "workflowv2 internal Two http://two-internal");
        Assert.Equal(expected, catalog.Mistral(Settings(region, @interface)).ToString());
    }

    [Fact]
    public void A_region_id_is_preferred_to_a_region()
    {
        var catalog = new ServiceCatalog(
            [new CatalogService { Type = "database", Endpoints = [new CatalogEndpoint { Interface = "public", RegionId = "Id", Region = "Old", Url = "http://t" }] }], "p1");
        Assert.Equal("http://t/v1.0/p1", catalog.Trove(Settings("Id")).ToString());
    }

    [Fact]
    public void The_error_for_a_missing_endpoint_lists_the_existing_ones()
    {
        ServiceCatalog catalog = Catalog("workflowv2 public RegionOne http://m", "workflowv2 admin RegionTwo http://m2", "database public RegionOne http://t");
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => catalog.Mistral(Settings("regionone", EndpointInterface.Internal)));
        Assert.Equal((TroveErrorKind.NotFound, "NoEndpoint"), (error.Kind, error.ErrorId));
        Assert.Contains("no internal endpoint of Mistral (type workflowv2 or workflow) in region 'regionone'", error.Message);
        Assert.Contains("public in 'RegionOne', admin in 'RegionTwo'", error.Message);
        Assert.Contains("case", error.Message);
    }

    [Fact]
    public void The_error_for_a_missing_service_tells_that_the_catalog_does_not_list_it()
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Catalog("workflowv2 public R http://m").Trove(Settings()));
        Assert.Equal("NoEndpoint", error.ErrorId);
        Assert.Contains("does not list that service", error.Message);
    }

    [Fact]
    public void A_missing_catalog_is_not_reported_as_a_missing_service()
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Catalog().Mistral(Settings()));
        Assert.Equal("NoEndpoint", error.ErrorId);
        Assert.Contains("Keystone gave none with the token", error.Message);
    }

    [Theory]
    [InlineData("ftp://m/v2")]
    [InlineData("/v2")]
    [InlineData("http://u:topsecret@m/v2")]
    [InlineData("http://m/v2?x=topsecret")]
    [InlineData("http://m/v2#x")]
    [InlineData("http://")]
    public void An_invalid_endpoint_is_refused_without_repeating_it(string url)
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Catalog($"workflowv2 public R {url}").Mistral(Settings()));
        Assert.Equal("InvalidConfiguration", error.ErrorId);
        Assert.StartsWith("The address of Mistral in the catalog ", error.Message);
        Assert.Contains("workflow_endpoint_override", error.RecommendedAction);
        Assert.Equal(["workflow_endpoint_override"], error.Settings);
        Assert.DoesNotContain("topsecret", error.ToString());
    }

    [Theory]
    [InlineData("http://m/%(user_id)s/v2")]
    [InlineData("http://{region_name}/v2")]
    [InlineData("http://m/$(region)s")]
    public void An_unresolved_placeholder_is_refused(string url)
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Catalog($"workflowv2 public R {url}").Mistral(Settings()));
        Assert.Equal(("InvalidConfiguration", "The address of Mistral in the catalog holds a placeholder, and only the one of the project is replaced."), (error.ErrorId, error.Problem));
    }

    [Theory]
    [InlineData("nope", null, "the service's type", "workflow_service_type")]
    [InlineData(null, "nope", "the service's name", "workflow_service_name")]
    public void The_error_for_a_configured_service_that_is_missing_lists_the_existing_ones(string? type, string? name, string what, string setting)
    {
        CloudSettings settings = Settings() with { Workflow = new ServiceChoice { Type = type, Name = name } };
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => Catalog("workflowv2 public R http://m", "database public R http://t").Mistral(settings));
        Assert.Contains("it lists the services workflowv2", error.Problem);
        Assert.Contains("database", error.Problem);
        Assert.StartsWith($"Correct {what}, or leave it out: {setting}", error.RecommendedAction);
    }

    [Fact]
    public void The_error_for_a_service_without_an_address_tells_so()
    {
        TroveScheduleException error = Assert.Throws<TroveScheduleException>(() => new ServiceCatalog(
            [new CatalogService { Type = "workflowv2", Name = "mistral", Endpoints = [new CatalogEndpoint { Interface = "public", Region = "R", Url = null }] }], "p").Mistral(Settings()));
        Assert.Contains("it lists that service without an address", error.Problem);
    }
}
