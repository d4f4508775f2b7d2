using System.Collections.Generic;

namespace TroveSchedules.OpenStack.Http;

/// <summary>What the user can do about an error.</summary>
/// <param name="Text">One or more imperative sentences.</param>
/// <param name="Settings">The connection settings by which it is done, by their names in clouds.yaml; empty for none.</param>
internal sealed record Advice(string Text, params IReadOnlyList<string> Settings);
