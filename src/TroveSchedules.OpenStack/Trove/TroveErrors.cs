using System.Collections.Generic;
using System.Linq;
using TroveSchedules.OpenStack.Http;

namespace TroveSchedules.OpenStack.Trove;

/// <summary>The errors about what Trove holds: instances and backups. For what Trove itself refuses see <see cref="ServiceError"/>.</summary>
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

    public static TroveScheduleException BackupIsGone(Backup backup, TroveScheduleException cause) =>
        new(TroveErrorKind.NotFound, $"The backup '{backup.Id}' does not exist any more.", cause) { ErrorId = "BackupNotFound", Target = backup, RecommendedAction = "List the backups to see their ids." };

    /// <param name="backup">The backup that was to be deleted.</param>
    /// <param name="running">The backup that Trove is making: the same one or an increment of it.</param>
    /// <param name="cause">Trove's error; null if no request was sent.</param>
    public static TroveScheduleException BackupInProgress(Backup backup, Backup running, TroveScheduleException? cause = null) =>
        new(TroveErrorKind.Conflict, running.Id == backup.Id
            ? $"The backup '{backup.Id}' cannot be deleted, because Trove is making it ({ServiceError.Printable(running.Status, 255)})."
            : $"The backup '{backup.Id}' cannot be deleted, because Trove is making its increment '{running.Id}' ({ServiceError.Printable(running.Status, 255)}).", cause)
        {
            ErrorId = "BackupInProgress",
            Target = backup,
            RecommendedAction = "Wait until the backup has ended, then delete it.",
        };

    public static TroveScheduleException BackupsChanging() =>
        new(TroveErrorKind.Conflict, "The backups of the project changed each time that they were listed, so a list of all of them could not be read. Nothing was deleted.")
        {
            ErrorId = "BackupsChanging",
            RecommendedAction = "Try again when fewer backups are made or deleted.",
        };

    public static TroveScheduleException LastBackup(Backup backup) =>
        new(TroveErrorKind.Conflict, $"The backup '{backup.Id}' is the last completed backup of the instance '{ServiceError.Printable(backup.InstanceId ?? "", 255)}', so it was not deleted.")
        {
            ErrorId = "LastBackup",
            Target = backup,
            RecommendedAction = "Make a newer backup first, or force the deletion.",
        };

    /// <param name="backup">The backup that was to be deleted.</param>
    /// <param name="last">Its increment.</param>
    public static TroveScheduleException IncrementIsLastBackup(Backup backup, Backup last) =>
        new(TroveErrorKind.Conflict, $"The backup '{backup.Id}' was not deleted, because its increment '{last.Id}' is the last completed backup of the instance '{ServiceError.Printable(last.InstanceId ?? "", 255)}'.")
        {
            ErrorId = "LastBackup",
            Target = backup,
            RecommendedAction = "Make a newer backup that is not an increment first, or force the deletion.",
        };

    /// <param name="backup">The backup that was to be deleted.</param>
    /// <param name="kept">Those of its increments that were not to be deleted; one at least.</param>
    public static TroveScheduleException BackupHasIncrements(Backup backup, IReadOnlyList<Backup> kept) =>
        new(TroveErrorKind.Conflict, kept.Count == 1
            ? $"The backup '{backup.Id}' was not deleted, because Trove would delete its increment '{kept[0].Id}' with it."
            : $"The backup '{backup.Id}' was not deleted, because Trove would delete {kept.Count} increments with it: {string.Join(", ", kept.Take(3).Select(one => one.Id))}{(kept.Count > 3 ? " …" : "")}.")
        {
            ErrorId = "BackupHasIncrements",
            Target = backup,
            RecommendedAction = "Delete its increments in the same command, or force the deletion.",
        };
}
