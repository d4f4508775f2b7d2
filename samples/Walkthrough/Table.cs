using System;
using System.Collections.Generic;
using System.Linq;

namespace Walkthrough;

/// <summary>Tables as OpenStack's command lines print them.</summary>
internal static class Table
{
    /// <summary>Prints one.</summary>
    /// <param name="columns">What stands in its head.</param>
    /// <param name="rows">Its cells, as many in each row; null is shown as None.</param>
    public static void Write(string[] columns, IEnumerable<string?[]> rows)
    {
        List<string[]> lines = [columns, .. rows.Select(row => row.Select(cell => cell ?? "None").ToArray())];
        int[] widths = [.. columns.Select((_, column) => lines.Max(line => line[column].Length))];
        string rule = $"+{string.Join("+", widths.Select(width => new string('-', width + 2)))}+";

        Console.WriteLine(rule);
        for (int line = 0; line < lines.Count; line++)
        {
            Console.WriteLine($"| {string.Join(" | ", lines[line].Select((cell, column) => cell.PadRight(widths[column])))} |");
            if (line == 0 || line == lines.Count - 1)
                Console.WriteLine(rule);
        }
    }
}
