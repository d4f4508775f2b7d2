using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>The services that a token's cloud offers. Identity API v3, <c>token.catalog</c>.</summary>
/// <param name="services">The services as Keystone lists them.</param>
/// <param name="projectId">The token's project.</param>
internal sealed class ServiceCatalogue(IReadOnlyList<CatalogueService?> services, string projectId)
{
    // The older name first: clouds that register both mean Mistral's v2 by it.
    private static readonly string[] MistralTypes = ["workflowv2", "workflow"];
    private static readonly string[] TroveTypes = ["database"];

    /// <summary>Mistral's address, ending in <c>/v2</c>.</summary>
    /// <exception cref="TroveScheduleException"><c>NoEndpoint</c>: there is none; <c>InvalidConfiguration</c>: it is no address.</exception>
    public Uri Mistral(CloudSettings settings) =>
        CloudUrl.Mistral(settings.WorkflowEndpoint?.OriginalString ?? Find("Mistral", MistralTypes, settings), projectId);

    /// <summary>Trove's address, ending in <c>/v1.0/</c> and the project's id.</summary>
    /// <exception cref="TroveScheduleException"><c>NoEndpoint</c>: there is none; <c>InvalidConfiguration</c>: it is no address.</exception>
    public Uri Trove(CloudSettings settings) =>
        CloudUrl.Trove(settings.DatabaseEndpoint?.OriginalString ?? Find("Trove", TroveTypes, settings), projectId);

    /// <summary>The region whose Mistral is used; null where the catalogue does not tell.</summary>
    public string? RegionOf(CloudSettings settings) => settings.Region ?? (Fitting(MistralTypes, settings) is { } mistral ? RegionOf(mistral) : null);

    private string Find(string service, string[] types, CloudSettings settings)
    {
        return Fitting(types, settings)?.Url ?? throw NoEndpoint(service, types, settings, [.. Offered(types)]);
    }

    private CatalogueEndpoint? Fitting(string[] types, CloudSettings settings) => Offered(types).FirstOrDefault(endpoint =>
        endpoint.Url is { Length: > 0 }
        && InterfaceOf(settings).Equals(endpoint.Interface, StringComparison.OrdinalIgnoreCase)
        && (settings.Region is null || settings.Region == RegionOf(endpoint)));

    private IEnumerable<CatalogueEndpoint> Offered(string[] types) => types
        .SelectMany(type => services.Where(service => service?.Type == type))
        .SelectMany(service => service!.Endpoints ?? [])
        .OfType<CatalogueEndpoint>();

    private static TroveScheduleException NoEndpoint(string service, string[] types, CloudSettings settings, CatalogueEndpoint[] offered)
    {
        string wanted = $"The catalogue has no {InterfaceOf(settings)} endpoint of {service} (type {string.Join(" or ", types)}){(settings.Region is null ? "" : $" in region '{settings.Region}'")}";
        string there = offered.Length == 0
            ? "it does not list that service at all"
            : $"there are {string.Join(", ", offered.Select(endpoint => $"{endpoint.Interface} in '{RegionOf(endpoint)}'").Distinct())}";
        string hint = offered.Any(endpoint => settings.Region != RegionOf(endpoint) && string.Equals(settings.Region, RegionOf(endpoint), StringComparison.OrdinalIgnoreCase))
            ? " The case of a region's name matters."
            : "";
        return new TroveScheduleException(TroveErrorKind.NotFound, ServiceError.Printable($"{wanted}: {there}.{hint}"))
        {
            ErrorId = "NoEndpoint",
            Target = service,
            RecommendedAction = "Choose another region or interface, or give the endpoint's address explicitly.",
        };
    }

    private static string InterfaceOf(CloudSettings settings) => settings.Interface.ToString().ToLowerInvariant();

    private static string? RegionOf(CatalogueEndpoint endpoint) => endpoint.RegionId ?? endpoint.Region;
}
