using System;
using System.Linq;
using TroveSchedules.Sandbox.Wire;

namespace TroveSchedules.Sandbox.Mistral;

/// <summary>Creates a history of finished executions.</summary>
internal sealed class ExecutionSeeder(Scheduler scheduler, IdGenerator ids, WorkflowsResource workflows, ExecutionStore store)
{
    /// <summary>Adds executions, evenly spread over the time before now.</summary>
    /// <param name="trigger">The trigger that owns some of the executions.</param>
    /// <param name="count">Number of executions to add.</param>
    /// <param name="own">Number of executions of the trigger. The others belong to 100 deleted triggers.</param>
    /// <param name="span">The length of the history.</param>
    /// <param name="errors">Percentage of executions in the state ERROR.</param>
    public void Seed(CronTrigger trigger, int count, int own, TimeSpan span, int errors)
    {
        WorkflowSpec spec = workflows.All.Find(workflow => workflow.Id == trigger.WorkflowId)!.Spec;
        JsonMap input = spec.WithDefaults((JsonMap)Python.Parse(trigger.Input)!);
        string instance = Python.Str(input["instance"]), ownInput = Python.Json(input), ownDescription = trigger.ExecutionDescription;
        (string Description, string Input)[] otherTriggers =
        [
            .. Enumerable.Range(0, 100).Select(n =>
            {
                string name = ids.Uuid();
                JsonMap other = input.Copy();
                other["instance"] = name;
                other["name"] = "b" + n;
                return (CronTrigger.DescriptionFor(ids.Uuid(), name), Python.Json(other));
            }),
        ];
        string successOutput = Python.Json(new JsonMap { { "status", "Backup complete" } });
        long step = span.Ticks / Math.Max(count, 1);
        int ownCount = 0, otherCount = 0;
        for (int n = 0; n < count; n++)
        {
            DateTime at = Scheduler.TruncateToSeconds(scheduler.Now.AddTicks(-(count - n) * step));
            bool isOwn = IsPicked(n, own, count);
            int number = isOwn ? ownCount++ : otherCount++;
            (string description, string executionInput) = isOwn ? (ownDescription, ownInput) : otherTriggers[number % otherTriggers.Length];
            string? reason = IsPicked(number, errors, 100)
                ? WorkflowEngine.FailureReason(ids, "backup_create", ids.Uuid(), ids.Uuid(), $"TroveAction.backups.create failed: Instance {instance} is not ready. (HTTP 422)").Long
                : null;
            store.Add(new Execution
            {
                Id = ids.Uuid(),
                WorkflowId = trigger.WorkflowId,
                WorkflowName = trigger.WorkflowName,
                Description = description,
                Params = "{\"namespace\": \"\", \"env\": {}}",
                Input = executionInput,
                ProjectId = trigger.ProjectId,
                CreatedAt = at,
                UpdatedAt = at.AddSeconds(1),
                State = reason is null ? "SUCCESS" : "ERROR",
                StateInfo = reason,
                Output = reason is null ? successOutput : Python.Json(new JsonMap { { "result", reason } }),
            });
        }

        // Selects part of every whole numbers, evenly distributed.
        static bool IsPicked(int n, int part, int whole) => (long)(n + 1) * part / whole > (long)n * part / whole;
    }
}
