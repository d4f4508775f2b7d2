using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Http;

/// <summary>Recommended action for an error.</summary>
/// <param name="Text">One or more imperative sentences.</param>
/// <param name="Settings">Names, as in clouds.yaml, of the connection settings to change; empty for none.</param>
internal sealed record Advice(string Text, params IReadOnlyList<string> Settings);
