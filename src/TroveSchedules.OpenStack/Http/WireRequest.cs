using System;
using System.Net.Http;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>A request to a service. Each attempt sends it as a new HTTP message.</summary>
/// <param name="Service">The service's name in messages: Keystone, Mistral or Trove.</param>
/// <param name="Method">The method.</param>
/// <param name="Uri">The absolute URL.</param>
/// <param name="Target">The object that errors name as their target; null for none.</param>
internal sealed record WireRequest(string Service, HttpMethod Method, Uri Uri, object? Target)
{
    /// <summary>Creates the body, once per attempt; null for no body.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>A secret in the body, which errors must not contain; null for none.</summary>
    public string? Secret { get; init; }

    /// <summary>The method and the URL. The default of a record would print the secret.</summary>
    public override string ToString() => $"{Method} {Address}";

    /// <summary>Whether the request changes something in the cloud. If so, it is unknown after a lost response whether the change happened.</summary>
    public bool IsChange { get; init; } = Method != HttpMethod.Get;

    /// <summary>The service and the URL without its query, for messages.</summary>
    public string Address => ServiceError.Printable(Uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));

    private string AddressSetting => Settings.AddressOf(Service);

    /// <summary>Advice if the URL cannot be reached.</summary>
    public Advice ConnectionAdvice => Service == "Keystone"
        ? new($"Check the address, the network and whether {Service} is up.")
        : new($"Check the address, the network and whether {Service} is up. Where the catalog's address is wrong, choose another interface or region, or set {AddressSetting}.",
            AddressSetting, Settings.Interface, Settings.RegionName);

    /// <summary>Advice if another server answers at the URL.</summary>
    public Advice WrongAddressAdvice => Service == "Keystone"
        ? new("Check that the address is the service's own, and that no proxy answers in its place.")
        : new($"Check that the address is the service's own, and that no proxy answers in its place. To use another address, set {AddressSetting}.", AddressSetting);

    /// <summary>Advice if the URL redirects.</summary>
    public Advice RedirectAdvice => new(
        $"If the cloud is there, set {AddressSetting} to that address as far as its version ({Service switch { "Mistral" => "…/v2", "Trove" => "…/v1.0", _ => "…/v3" }}); "
        + "otherwise a proxy or a login page answers in the service's place.",
        AddressSetting);

    /// <summary>Whether the request is safe to send again.</summary>
    public bool IsRetryable { get; init; } = Method != HttpMethod.Post;
}
