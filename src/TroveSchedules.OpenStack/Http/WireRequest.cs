using System;
using System.Net.Http;
using TroveSchedules.OpenStack.Keystone;

namespace TroveSchedules.OpenStack.Http;

/// <summary>What is asked of a service. Each attempt sends it as a message of its own.</summary>
/// <param name="Service">The service as a user knows it: Keystone, Mistral or Trove.</param>
/// <param name="Method">The method.</param>
/// <param name="Uri">The address.</param>
/// <param name="Target">What it is about; null when nothing in particular.</param>
internal sealed record WireRequest(string Service, HttpMethod Method, Uri Uri, object? Target)
{
    /// <summary>Makes the body; null where there is none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>A secret in the body, which no error may repeat; null for none.</summary>
    public string? Secret { get; init; }

    /// <summary>The method and the address. Else a record prints all that it has.</summary>
    public override string ToString() => $"{Method} {Address}";

    /// <summary>Whether it changes anything in the cloud, so that a lost answer leaves open whether it has.</summary>
    public bool IsChange { get; init; } = Method != HttpMethod.Get;

    /// <summary>Whom it is asked of, for a message: the address without its query.</summary>
    public string Address => ServiceError.Printable(Uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));

    private string AddressSetting => Service switch { "Mistral" => Settings.WorkflowEndpoint, "Trove" => Settings.DatabaseEndpoint, _ => Settings.AuthUrl };

    /// <summary>What to do where nobody answers at the address.</summary>
    public Advice ConnectionAdvice => Service == "Keystone"
        ? new($"Check the address, the network and whether {Service} is up.")
        : new($"Check the address, the network and whether {Service} is up. Where the catalog's address is wrong, choose another interface or region, or set {AddressSetting}.",
            AddressSetting, Settings.Interface, Settings.RegionName);

    /// <summary>What to do where something else answers at the address.</summary>
    public Advice WrongAddressAdvice => Service == "Keystone"
        ? new("Check that the address is the service's own, and that no proxy answers in its place.")
        : new($"Check that the address is the service's own, and that no proxy answers in its place. To use another address, set {AddressSetting}.", AddressSetting);

    /// <summary>What to do where the address leads elsewhere.</summary>
    public Advice RedirectAdvice => new(
        $"If the cloud is there, set {AddressSetting} to that address as far as its version ({Service switch { "Mistral" => "…/v2", "Trove" => "…/v1.0", _ => "…/v3" }}); "
        + "otherwise a proxy or a login page answers in the service's place.",
        AddressSetting);

    /// <summary>Whether to send it again does no harm.</summary>
    public bool IsRetryable { get; init; } = Method != HttpMethod.Post;
}
