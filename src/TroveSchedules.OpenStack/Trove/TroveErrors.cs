using System.Collections.Generic;
using System.Linq;

namespace TroveSchedules.OpenStack.Trove;

/// <summary>The errors about what Trove holds: instances and backups. For what Trove itself refuses see <see cref="Http.ServiceError"/>.</summary>
internal static class TroveErrors
{
    public static TroveScheduleException NoInstanceGiven(string? nameOrId) =>
        new(TroveErrorKind.Invalid, "An instance's name or id cannot be empty.") { ErrorId = "InvalidInstance", Target = nameOrId, RecommendedAction = "Give a name or an id." };

    public static TroveScheduleException InstanceNotFound(string nameOrId, string? project) =>
        new(TroveErrorKind.NotFound, $"No instance of project '{project}' has the name or id '{nameOrId}'.") { ErrorId = "InstanceNotFound", Target = nameOrId, RecommendedAction = "List the instances to see their names and ids." };

    public static TroveScheduleException AmbiguousInstance(string name, IReadOnlyList<Instance> instances) =>
        new(TroveErrorKind.Invalid, $"{instances.Count} instances have the name '{name}': {string.Join(", ", instances.Select(instance => instance.Id))}.")
        {
            ErrorId = "InvalidInstance",
            Target = name,
            RecommendedAction = "Name the instance by its id.",
        };

    public static TroveScheduleException BackupNotFound(string id, string? project) =>
        new(TroveErrorKind.NotFound, $"No backup of project '{project}' has the id '{id}'.") { ErrorId = "BackupNotFound", Target = id, RecommendedAction = "List the backups to see their ids." };
}
