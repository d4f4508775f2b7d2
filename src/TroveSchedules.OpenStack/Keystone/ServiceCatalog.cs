using System;
using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Keystone;

/// <summary>The service catalog of a token. Identity API v3, <c>token.catalog</c>.</summary>
/// <param name="services">The services, in Keystone's order.</param>
/// <param name="projectId">The token's project.</param>
internal sealed class ServiceCatalog(IReadOnlyList<CatalogService?> services, string projectId)
{
    // The older name first, because clouds that register both use it for Mistral's v2.
    private static readonly string[] MistralTypes = ["workflowv2", "workflow"];
    private static readonly string[] TroveTypes = ["database"];
    private static readonly string[] KeystoneTypes = ["identity"];

    /// <summary>Mistral's URL, ending in <c>/v2</c>.</summary>
    /// <exception cref="TroveScheduleException"><c>NoEndpoint</c>: there is none; <c>InvalidConfiguration</c>: it is not a valid URL.</exception>
    public Uri Mistral(CloudSettings settings) =>
        CloudUrl.Mistral(settings.WorkflowEndpoint?.OriginalString ?? Find("Mistral", MistralTypes, settings.Workflow, settings), projectId, settings.WorkflowEndpoint is not null);

    /// <summary>Trove's URL, ending in <c>/v1.0/</c> and the project's id.</summary>
    /// <exception cref="TroveScheduleException"><c>NoEndpoint</c>: there is none; <c>InvalidConfiguration</c>: it is not a valid URL.</exception>
    public Uri Trove(CloudSettings settings) =>
        CloudUrl.Trove(settings.DatabaseEndpoint?.OriginalString ?? Find("Trove", TroveTypes, settings.Database, settings), projectId, settings.DatabaseEndpoint is not null);

    /// <summary>The region of the Mistral endpoint; null if the catalog does not say.</summary>
    public string? RegionOf(CloudSettings settings) =>
        settings.Workflow.Region ?? settings.Region ?? (Fitting(Offered(MistralTypes, settings.Workflow), settings.Workflow, settings) is { } mistral ? RegionOf(mistral) : null);

    /// <summary>Keystone's public URL, which does not depend on the URL that the session uses; null if the catalog has none.</summary>
    /// <param name="region">The preferred region.</param>
    public string? Keystone(string? region)
    {
        CatalogEndpoint[] offered =
        [
            .. Offered(KeystoneTypes, new ServiceChoice()).Where(endpoint => "public".Equals(endpoint.Interface, StringComparison.OrdinalIgnoreCase)
                && Uri.TryCreate(endpoint.Url, UriKind.Absolute, out Uri? url) && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }),
        ];
        return (offered.FirstOrDefault(endpoint => RegionOf(endpoint) == region) ?? offered.FirstOrDefault())?.Url;
    }

    private string Find(string service, string[] types, ServiceChoice choice, CloudSettings settings)
    {
        CatalogEndpoint[] offered = Offered(types, choice);
        return Fitting(offered, choice, settings)?.Url
            ?? throw NoEndpoint(service, choice.Type is null ? types : [choice.Type], choice, InterfaceOf(choice, settings), choice.Region ?? settings.Region, offered);
    }

    private CatalogEndpoint[] Offered(string[] types, ServiceChoice choice) =>
    [
        .. (choice.Type is null ? types : [choice.Type])
            .SelectMany(type => services.Where(service => service?.Type == type && (choice.Name is null || choice.Name == service.Name)))
            .SelectMany(service => service!.Endpoints ?? [])
            .OfType<CatalogEndpoint>(),
    ];

    private static CatalogEndpoint? Fitting(CatalogEndpoint[] offered, ServiceChoice choice, CloudSettings settings)
    {
        string wantedInterface = InterfaceOf(choice, settings);
        string? wantedRegion = choice.Region ?? settings.Region;
        return offered.FirstOrDefault(endpoint =>
            endpoint.Url is { Length: > 0 }
            && wantedInterface.Equals(endpoint.Interface, StringComparison.OrdinalIgnoreCase)
            && (wantedRegion is null || wantedRegion == RegionOf(endpoint)));
    }

    private static string InterfaceOf(ServiceChoice choice, CloudSettings settings) => (choice.Interface ?? settings.Interface).ToString().ToLowerInvariant();

    private TroveScheduleException NoEndpoint(string service, string[] types, ServiceChoice choice, string wantedInterface, string? region, CatalogEndpoint[] offered)
    {
        string wanted = $"The catalog has no {wantedInterface} endpoint of {service} (type {string.Join(" or ", types)}{(choice.Name is null ? "" : $", name '{choice.Name}'")}){(region is null ? "" : $" in region '{region}'")}";
        bool isChosen = offered.Length == 0 && (choice.Type is not null || choice.Name is not null);
        string there = isChosen ? $"it lists the services {string.Join(", ", services.Select(one => one?.Name is null ? one?.Type : $"{one.Type} '{one.Name}'").Distinct())}"
            : services.Count == 0 ? "Keystone gave none with the token"
            : offered.Length == 0 ? "it does not list that service at all"
            : offered.All(endpoint => string.IsNullOrEmpty(endpoint.Url)) ? "it lists that service without an address"
            : $"there are {string.Join(", ", offered.Select(endpoint => $"{endpoint.Interface} in '{RegionOf(endpoint)}'").Distinct())}";
        string hint = offered.Any(endpoint => region != RegionOf(endpoint) && string.Equals(region, RegionOf(endpoint), StringComparison.OrdinalIgnoreCase))
            ? " The case of a region's name matters."
            : "";
        return new TroveScheduleException(TroveErrorKind.NotFound, ServiceError.Printable($"{wanted}: {there}.{hint}"))
        {
            ErrorId = "NoEndpoint",
            Target = service,
            RecommendedAction = isChosen
                ? $"Correct {(choice.Type is null ? "the service's name" : "the service's type")}, or leave it out: {(service == "Mistral" ? "workflow" : "database")}_service_{(choice.Type is null ? "name" : "type")} in clouds.yaml or the variable of that name."
                : $"Choose another region or interface, or set {Settings.AddressOf(service)}.",
            Settings = isChosen ? [] : [Settings.RegionName, Settings.Interface, Settings.AddressOf(service)],
        };
    }

    private static string? RegionOf(CatalogEndpoint endpoint) => endpoint.RegionId ?? endpoint.Region;
}
