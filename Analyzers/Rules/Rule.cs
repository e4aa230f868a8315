using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>
/// One rule reading the flow of one body. Made anew for each body, so that it may remember what it saw, and not before there is something that it reads.
/// </summary>
internal abstract class Rule
{
    /// <summary>The facts that it is shown.</summary>
    public virtual FactKind[] Reads => [];

    /// <summary>Whether it is shown the ways out that come before, or without, any of these, too.</summary>
    public virtual bool ReadsEveryExit => false;

    public virtual void OnFact(Fact fact, PathSet before, Findings findings)
    {
    }

    public virtual void OnExit(Leaving leaving, Findings findings)
    {
    }

    /// <summary>A body is read as part of a type whose fields own something; called once, before its facts.</summary>
    public virtual void OnMember(TypeMember member, TypeFlow type)
    {
    }

    /// <summary>The body is read to its end.</summary>
    public virtual void OnEnd(Findings findings)
    {
    }

    /// <summary>Where the page of a rule is.</summary>
    public static string HelpFor(string id) => "https://github.com/bufferlifetime/bufferlifetime/blob/main/docs/rules/" + id + ".md";
}

/// <summary>What the members of a type do to its owning fields, taken together.</summary>
/// <param name="Flow">The states that the members leave behind.</param>
/// <param name="Record">What the members were seen to do.</param>
internal sealed record TypeView(TypeFlow Flow, TypeRecord Record);

/// <summary>One way out of a body, as the rules see it.</summary>
internal sealed record Leaving(ExitKind Kind, IOperation? Returned, BasicBlock From, PathSet Paths);

/// <summary>The words of a rule: what is certain and what is possible are said apart, under one ID.</summary>
internal sealed record Wording(DiagnosticDescriptor Certain, DiagnosticDescriptor Possible)
{
    /// <summary>The severity where it is not the rule's own.</summary>
    public DiagnosticSeverity? Severity { get; init; }

    /// <summary>Whether it is told although its rule is off by default; not where the user has switched that off.</summary>
    public bool IsToldByDefault { get; init; }

    public ImmutableArray<DiagnosticDescriptor> Descriptors { get; } =
        ReferenceEquals(Certain, Possible) ? ImmutableArray.Create(Certain) : ImmutableArray.Create(Certain, Possible);
}
