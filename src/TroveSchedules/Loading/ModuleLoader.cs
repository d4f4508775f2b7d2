using System;
using System.IO;
using System.Management.Automation;
using System.Reflection;
using TroveSchedules.Serialisation;
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
        Rehydration.Register();
    }

    private static string PathOf(AssemblyName name) => Path.Combine(Folder, name.Name + ".dll");

#if NET
    private static bool Hook()
    {
        var own = new DependencyContext();
        // A name that only sounds like ours, such as that of a serializer made beforehand, must not come back here from our context, and again.
        AssemblyLoadContext.Default.Resolving += (_, name) =>
            name.Name!.StartsWith("TroveSchedules.", StringComparison.Ordinal) && File.Exists(PathOf(name)) ? own.LoadFromAssemblyName(name) : null;
        return true;
    }

    private sealed class DependencyContext() : AssemblyLoadContext("TroveSchedules")
    {
        protected override Assembly? Load(AssemblyName name)
        {
            string path = PathOf(name);
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
            string path = PathOf(new AssemblyName(wanted.Name));
            return IsForUs(wanted.RequestingAssembly) && File.Exists(path) ? Assembly.LoadFrom(path) : null;
        };
        return true;
    }

    // Another module that lacks a library is to look for its own, not to get our version. Who asks is not always known.
    private static bool IsForUs(Assembly? asking) =>
        asking is null || asking.IsDynamic || asking.Location.StartsWith(Path.GetDirectoryName(Folder)!, StringComparison.OrdinalIgnoreCase);
#endif
}
