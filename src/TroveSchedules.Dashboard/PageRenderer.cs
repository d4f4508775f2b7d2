using TroveSchedules.Reports;

namespace TroveSchedules.Dashboard;

/// <summary>Renders the pages of the folder Pages.</summary>
internal static class PageRenderer
{
    private static readonly TemplateRenderer Renderer = new(typeof(PageRenderer).Assembly);

    /// <summary>The style sheet.</summary>
    public static string Styles { get; } = ScheduleStrips.Styles + Renderer.Read("dashboard.css");

    /// <summary>The script.</summary>
    public static string Script { get; } = Renderer.Read("dashboard.js");

    /// <summary>Renders a whole page.</summary>
    /// <param name="page">The name of its template, without the extension.</param>
    /// <param name="title">The title.</param>
    /// <param name="project">The project of the session.</param>
    /// <param name="model">The values of the template.</param>
    public static string Page(string page, string title, string? project, object model) => Render("layout", new { Title = title, Project = project, Body = Render(page, model) });

    /// <summary>Renders a part of a page.</summary>
    public static string Render(string template, object model) => Renderer.Render(template, model);
}
