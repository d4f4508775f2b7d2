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
/// Loads assemblies from the module's <c>dependencies</c> folder. PowerShell 7 loads them into a separate load context, so that other modules can use other versions of the
/// same libraries. The emitted types stay in the default context, where PowerShell finds types by name.
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
        GC.KeepAlive(typeof(BackupSchedule)); // Loads the emitted types, so that a script finds them before it has used a cmdlet.
        Rehydration.Register();
    }

    private static string PathOf(AssemblyName name) => Path.Combine(Folder, name.Name + ".dll");

#if NET
    private static bool Hook()
    {
        var context = new DependencyContext();
        // Only names of our assemblies are resolved here. A similar name, such as that of a pregenerated serializer, would come back from our context and recurse.
        AssemblyLoadContext.Default.Resolving += (_, name) =>
            name.Name!.StartsWith("TroveSchedules.", StringComparison.Ordinal) && File.Exists(PathOf(name)) ? context.LoadFromAssemblyName(name) : null;
        return true;
    }

    private sealed class DependencyContext() : AssemblyLoadContext("TroveSchedules")
    {
        protected override Assembly? Load(AssemblyName name)
        {
            string path = PathOf(name);
            return File.Exists(path) ? Shared(name) ?? LoadFromAssemblyPath(path) : null;
        }

        // The framework's handlers exchange types of these assemblies with our code, so the framework's copy must be the only one.
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
        AppDomain.CurrentDomain.AssemblyResolve += (_, request) =>
        {
            string path = PathOf(new AssemblyName(request.Name));
            return IsForUs(request.RequestingAssembly) && File.Exists(path) ? Assembly.LoadFrom(path) : null;
        };
        return true;
    }

    // A module that lacks a library must not get our version of it. The requesting assembly is not always known.
    private static bool IsForUs(Assembly? asking) =>
        asking is null || asking.IsDynamic || asking.Location.StartsWith(Path.GetDirectoryName(Folder)!, StringComparison.OrdinalIgnoreCase);
#endif
}
