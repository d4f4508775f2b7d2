using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Text.Encodings.Web;
using Fluid;

namespace TroveSchedules.Dashboard;

/// <summary>Renders the pages of the folder Pages. Fluid encodes every value; only the finished body of a page is put into the layout as it is.</summary>
internal static class PageRenderer
{
    private static readonly TemplateOptions Options = new() { MemberAccessStrategy = new UnsafeMemberAccessStrategy(), CultureInfo = CultureInfo.InvariantCulture };
    private static readonly FluidParser Parser = new();
    private static readonly ConcurrentDictionary<string, IFluidTemplate> Templates = new(StringComparer.Ordinal);

    /// <summary>Renders a whole page.</summary>
    /// <param name="page">The name of its template, without the extension.</param>
    /// <param name="title">The title.</param>
    /// <param name="project">The project of the session.</param>
    /// <param name="model">The values of the template.</param>
    public static string Page(string page, string title, string? project, object model) => Render("layout", new { Title = title, Project = project, Body = Render(page, model) });

    /// <summary>Renders a part of a page.</summary>
    public static string Render(string template, object model) =>
        Templates.GetOrAdd(template, name => Parser.Parse(Read(name + ".liquid"))).Render(new TemplateContext(model, Options), HtmlEncoder.Default);

    /// <summary>The text of a file of the folder Pages.</summary>
    public static string Read(string file)
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        return new StreamReader(resource).ReadToEnd();
    }
}
