using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2001 of a handle, or a native block, that native code was given by a call which has failed: the body throws where it sees that, by a method that
/// looks at the result for it or by itself, and nobody has the handle then who could release it.
/// </summary>
internal sealed class FailedStart : Rule
{
    public override FactKind[] Reads => [FactKind.Escape, FactKind.Keep, FactKind.Release, FactKind.Use];

    /// <summary>What each call into native code was given, by the syntax of the call.</summary>
    private readonly Dictionary<InvocationExpressionSyntax, HashSet<int>> _given = [];

    /// <summary>What somebody else has, too, and from where on.</summary>
    private readonly HashSet<int> _shared = [];

    private readonly HashSet<int> _released = [];

    /// <summary>What native code was given as the state of its callbacks, which release it.</summary>
    private readonly HashSet<int> _states = [];

    /// <summary>Whether the body takes anything that this is about.</summary>
    private bool? _isConcerned;

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (!(_isConcerned ??= findings.Body.Resources.Any(static resource => resource is { Original: null, Parameter: null, Kind.IsHandle: true })))
        {
            return;
        }

        if (fact is { Kind: FactKind.Escape or FactKind.Keep, Target: >= 0 })
        {
            if (fact.Operation is IInvocationOperation { Syntax: InvocationExpressionSyntax start } call && fact.Kind == FactKind.Escape && GoesToNative(fact, call))
            {
                Note(start, fact, before, findings.Body);
            }
            else if (fact.Departure is not (Departure.StoredInThis or Departure.StoredInParameter))
            {
                foreach (PathState path in before.Paths)
                {
                    Add(_shared, Transfer.HandedOn(fact, path, findings.Body));
                }
            }
        }

        foreach (PathState path in fact.Kind == FactKind.Release ? before.Paths : [])
        {
            Add(_released, Transfer.Released(fact, path, findings.Body));
        }

        if (_given.Count > 0 && fact.Kind == FactKind.Use && Checks.CallAt(fact) is { } check && Checks.CheckedBy(check) is { } status && GivenBy(status) is { Count: > 0 } given && !MayReleaseOnFailure(fact, findings.Body))
        {
            Report(check, given, before, findings);
        }
    }

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind != ExitKind.Throw || _given.Count == 0 || Spots.OfExit(leaving, findings.Body.Flow) is not { SourceTree: { } tree } location)
        {
            return;
        }

        // What is held the rule of leaks tells; here it is what native code has been given, and never takes.
        SyntaxNode thrown = tree.GetRoot().FindNode(location.SourceSpan);
        if (thrown.FirstAncestorOrSelf<IfStatementSyntax>() is { } test && thrown.FirstAncestorOrSelf<CatchClauseSyntax>() is null && GivenBy(test.Condition) is { Count: > 0 } given)
        {
            Report(leaving, location, given, findings);
        }
    }

    /// <summary>A call into native code, or of a delegate that has nothing managed in its signature.</summary>
    private static bool GoesToNative(Fact fact, IInvocationOperation call) =>
        // Two callbacks: one of them may be there to release what is no longer wanted, also of a call that has failed.
        call.Arguments.Count(static argument => argument.Value is IDelegateCreationOperation || argument.Parameter?.Type.TypeKind is TypeKind.Delegate or TypeKind.FunctionPointer) < 2
        && (fact.Departure == Departure.PassedToNative
            || (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke && call.TargetMethod.Parameters.All(static parameter => parameter.Type.IsUnmanagedType)));

    private void Note(InvocationExpressionSyntax start, Fact fact, PathSet before, Body body)
    {
        foreach (PathState path in before.Paths)
        {
            RefSet refs = path.RefsOf(fact.Target).Where(r => r.Kind <= RefRole.View && body.Resources[r.Resource] is { Original: null, Parameter: null, Kind.IsHandle: true } resource && resource.Kind != ResourceKind.Overlapped);
            if (!_given.TryGetValue(start, out HashSet<int>? given))
            {
                _given.Add(start, given = []);
            }

            Add(given, refs);
            Add(_states, refs.Where(r => r.Kind == RefRole.Owner && body.Resources[r.Resource].Kind.IsCallbackState));
        }
    }

    private static void Add(HashSet<int> resources, RefSet refs)
    {
        for (int i = 0; i < refs.Count; i++)
        {
            resources.Add(refs[i].Resource);
        }
    }

    /// <summary>What the native calls were given whose result an expression looks at.</summary>
    private HashSet<int> GivenBy(IOperation status) => status.Syntax is ExpressionSyntax expression ? GivenBy(expression) : [];

    private HashSet<int> GivenBy(ExpressionSyntax status)
    {
        HashSet<int> given = [];
        foreach (KeyValuePair<InvocationExpressionSyntax, HashSet<int>> start in _given)
        {
            bool isAbout = status.Span.Contains(start.Key.Span)
                || (start.Key.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { Identifier.ValueText: var local } && MemberSyntax.Mentions(status, local))
                || (start.Key.Parent is AssignmentExpressionSyntax { Left: var target } && MemberSyntax.NameOf(target) is { } name && MemberSyntax.Mentions(status, name));
            if (isAbout && status.SyntaxTree == start.Key.SyntaxTree && start.Key.SpanStart < status.Span.End)
            {
                given.UnionWith(start.Value);
            }
        }

        return given;
    }

    private void Report(IInvocationOperation check, HashSet<int> given, PathSet before, Findings findings)
    {
        foreach (int id in given)
        {
            if (before.Paths.Count > 0 && before.Paths.All(path => (IsGiven(id, path, findings.Body) || IsHeld(path.HoldOf(id))) && IsLost(id, path, findings.Body)))
            {
                Tell(id, Spots.OfCall(check), $"'{check.TargetMethod.Name}' throws at line {Spots.Line(Spots.OfCall(check))}, as nobody has taken it then", findings);
            }
        }
    }

    private void Report(Leaving leaving, Location location, HashSet<int> given, Findings findings)
    {
        foreach (int id in given)
        {
            // What nobody asks about any more is not followed to the end: then it is as it was given, unless it was released meanwhile.
            if (_states.Contains(id) && !_released.Contains(id) && leaving.Paths.Paths.All(path => (IsGiven(id, path, findings.Body) || path.HoldOf(id).Holding == Holding.Nothing) && IsLost(id, path, findings.Body)))
            {
                Tell(id, location, $"the throw at line {Spots.Line(location)} is reached, as nobody has taken it then", findings);
            }
        }
    }

    private static void Tell(int id, Location left, string when, Findings findings)
    {
        if (findings.Body.Owner.ContainingType is { } type && findings.Body.Resources[id].Kind == ResourceKind.Root && StateNeverFreed.GetsBackOnly(type))
        {
            // It is lost whether the call has failed or not.
            return;
        }

        Resource resource = findings.Body.Resources[id];
        Location origin = Spots.OfCall(resource.Origin);
        findings.Report(
            PinNotReleased.Words, Confidence.Possible, ((object)id, origin.SourceSpan), null, origin, [left], null, resource.Name ?? resource.Kind.Name, Spots.Line(origin), when);
    }

    /// <summary>Whether the body alone has it, but for the native code that has not taken it, or only the instance that is lost with it.</summary>
    private bool IsLost(int id, PathState path, Body body) =>
        !_shared.Contains(id) && (LeakRule.LosesInstance(body) || !LeakRule.IsKeptOutside(body, path, id));

    private static bool IsGiven(int id, PathState path, Body body) => path.HoldOf(id).Holding == Holding.HandedOn && body.Resources[id].Kind.IsCallbackState;

    private static bool IsHeld(Hold hold) => (hold.Holding & Holding.AnyHeld) != 0 && (hold.Holding & ~Holding.AnyHeld) == 0 && !hold.MayBeTaken;

    /// <summary>Whether a handler around a fact does anything that may release something.</summary>
    private static bool MayReleaseOnFailure(Fact fact, Body body)
    {
        BasicBlock? block = body.Flow.Blocks.FirstOrDefault(candidate => body.FactsOf(candidate).Contains(fact));
        for (ControlFlowRegion? region = block?.EnclosingRegion; region is not null; region = region.EnclosingRegion)
        {
            foreach (ControlFlowRegion handler in region.Kind == ControlFlowRegionKind.Try ? region.EnclosingRegion!.NestedRegions : ImmutableArray<ControlFlowRegion>.Empty)
            {
                for (int i = handler == region ? int.MaxValue : handler.FirstBlockOrdinal; i <= handler.LastBlockOrdinal; i++)
                {
                    if (body.FactsOf(body.Flow.Blocks[i]).Any(static done => done.Kind is FactKind.Release or FactKind.CallSelf or FactKind.Escape or FactKind.Replace))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}
