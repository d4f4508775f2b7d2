using System;
using System.IO;
using System.Management.Automation;
using System.Reflection;
#if NET
using System.Runtime.Loader;
#endif

namespace TroveSchedules.Loading;

/// <summary>
/// Finds what lies in the module's <c>dependencies</c> folder. On PowerShell 7 it goes into a load context of its own, so that another module's version of
/// the same library disturbs neither; what cmdlets emit stays in the default context, where PowerShell finds types by name.
/// </summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    private static readonly string Folder =
        Path.Combine(Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!, "dependencies");

    private static readonly Lazy<bool> Hooked = new(Hook);

    /// <summary>Called by PowerShell for each runspace that imports the module.</summary>
    public void OnImport()
    {
        _ = Hooked.Value;
        GC.KeepAlive(typeof(BackupSchedule)); // Loads what cmdlets emit, so that a script finds the types before it has used a cmdlet.
    }

#if NET
    private static bool Hook()
    {
        var own = new DependencyContext();
        AssemblyLoadContext.Default.Resolving += (_, name) =>
            name.Name!.StartsWith("TroveSchedules.", StringComparison.Ordinal) ? own.LoadFromAssemblyName(name) : null;
        return true;
    }

    private sealed class DependencyContext() : AssemblyLoadContext("TroveSchedules")
    {
        protected override Assembly? Load(AssemblyName name)
        {
            string path = Path.Combine(Folder, name.Name + ".dll");
            return File.Exists(path) ? Shared(name) ?? LoadFromAssemblyPath(path) : null;
        }

        // The framework's own handlers exchange types of these assemblies with ours, so where it has one, there must be no second.
        private static Assembly? Shared(AssemblyName name)
        {
            try
            {
                return name.Name!.StartsWith("System.", StringComparison.Ordinal) ? Default.LoadFromAssemblyName(new AssemblyName(name.Name)) : null;
            }
            catch (FileNotFoundException)
            {
                return null;
            }
        }
    }
#else
    private static bool Hook()
    {
        AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) =>
        {
            string path = Path.Combine(Folder, new AssemblyName(wanted.Name).Name + ".dll");
            return File.Exists(path) ? Assembly.LoadFrom(path) : null;
        };
        return true;
    }
#endif
}
