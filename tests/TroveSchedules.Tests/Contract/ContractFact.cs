using System;
using System.Collections.Generic;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace TroveSchedules.Tests.Contract;

/// <summary>The users and instances that a case needs in a cloud, in addition to one user and a project.</summary>
[Flags]
public enum Needs
{
    None = 0,

    /// <summary>The users other and admin, and demo's application credential.</summary>
    People = 1,

    /// <summary>The instances m, broken and twice dup, for exclusive use.</summary>
    Instances = 2,
}

/// <summary>One behaviour of a cloud. On a real cloud the case is reported as skipped if there is no cloud or it lacks what the case needs.</summary>
[XunitTestCaseDiscoverer("TroveSchedules.Tests.Contract.ContractFactDiscoverer", "TroveSchedules.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractFactAttribute : FactAttribute
{
    public Needs Needs { get; set; }
}

/// <summary>The same behaviour for several values.</summary>
[XunitTestCaseDiscoverer("TroveSchedules.Tests.Contract.ContractTheoryDiscoverer", "TroveSchedules.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractTheoryAttribute : FactAttribute
{
    public Needs Needs { get; set; }
}

public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact) =>
        [new ContractCase(diagnostics, options, method, null)];
}

public sealed class ContractTheoryDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact)
    {
        var single = new ContractCase(diagnostics, options, method, null);
        if (single.SkipReason is not null)
        {
            yield return single; // One skipped case is enough.
            yield break;
        }
        foreach (IAttributeInfo row in method.Method.GetCustomAttributes(typeof(InlineDataAttribute)))
        {
            // The constructor of InlineData has one argument, the array of values.
            foreach (object? arguments in row.GetConstructorArguments())
                yield return new ContractCase(diagnostics, options, method, (object?[]?)arguments ?? [null]);
        }
    }
}

/// <summary>A test case that knows its class, and therefore its cloud.</summary>
public sealed class ContractCase : XunitTestCase
{
    [Obsolete("For deserialization.")]
    public ContractCase()
    {
    }

    public ContractCase(IMessageSink diagnostics, ITestFrameworkDiscoveryOptions options, ITestMethod method, object?[]? arguments)
        : base(diagnostics, TestMethodDisplay.ClassAndMethod, TestMethodDisplayOptions.None, method, arguments)
    {
        _ = options;
    }

    protected override string? GetSkipReason(IAttributeInfo fact)
    {
        bool isReal = TestMethod.TestClass.Class.Name.EndsWith("OnRealCloud", StringComparison.Ordinal);
        return isReal ? RealCloud.WhyNot(fact.GetNamedArgument<Needs>("Needs")) : base.GetSkipReason(fact);
    }
}
