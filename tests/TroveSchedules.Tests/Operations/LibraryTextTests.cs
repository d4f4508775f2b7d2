using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using TroveSchedules.Cron;
using TroveSchedules.OpenStack.Keystone;
using TroveSchedules.Sandbox;
using Xunit;

namespace TroveSchedules.Tests.Operations;

/// <summary>Users of the C# API read the texts of the library, too. Only the module may name cmdlets and parameters of PowerShell.</summary>
public sealed class LibraryTextTests
{
    private static readonly Regex PowerShell = new(@"\b[A-Z][a-z]+-Trove[A-Z]|(^|[\s(""'])-[A-Z][a-z]+");

    [Theory]
    [InlineData(typeof(BackupSchedule))]
    [InlineData(typeof(CronPattern))]
    [InlineData(typeof(CloudSettings))]
    [InlineData(typeof(SandboxCloud))]
    public void No_string_in_the_library_names_a_cmdlet_or_a_parameter(Type type) =>
        Assert.DoesNotContain(Literals(type.Assembly.Location), PowerShell.IsMatch);

    [Theory]
    [InlineData("Use Get-TroveInstance.")]
    [InlineData("-Force deletes it")]
    [InlineData("the path (-Path)")]
    public void The_search_pattern_finds_cmdlets_and_parameters(string text) => Assert.Matches(PowerShell, text);

    private static IEnumerable<string> Literals(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        for (UserStringHandle at = MetadataTokens.UserStringHandle(0); !at.IsNil || MetadataTokens.GetHeapOffset(at) == 0;)
        {
            yield return metadata.GetUserString(at);
            at = metadata.GetNextHandle(at);
            if (at.IsNil)
                yield break;
        }
    }
}
