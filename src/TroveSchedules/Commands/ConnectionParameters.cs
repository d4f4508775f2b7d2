namespace TroveSchedules.Commands;

/// <summary>The parameters of Connect-TroveSession by which the connection's settings are given.</summary>
internal static class ConnectionParameters
{
    /// <summary>The parameter for a setting.</summary>
    /// <param name="setting">The setting's name in clouds.yaml.</param>
    /// <returns>The parameter with its dash; null where there is none.</returns>
    public static string? Of(string setting) => setting switch
    {
        "auth_url" => "-AuthUrl",
        "project_name" => "-ProjectName",
        "project_id" => "-ProjectId",
        "token" => "-Token",
        "region_name" => "-Region",
        "interface" => "-Interface",
        "workflow_endpoint_override" => "-WorkflowEndpoint",
        "database_endpoint_override" => "-DatabaseEndpoint",
        "cacert" => "-CACertificate",
        "cert" => "-ClientCertificate",
        "key" => "-ClientKey",
        "insecure" => "-SkipCertificateCheck",
        _ => null,
    };
}
