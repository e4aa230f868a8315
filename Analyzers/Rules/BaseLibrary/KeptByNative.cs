using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2003 across the border: native code goes on using an address when the fixed statement that it comes from has ended, because it makes a view of
/// the memory, as its name says, or has only started an operation over it.
/// </summary>
internal sealed class KeptByNative : Rule
{
    private static readonly HashSet<string> WordsOfKeeping = new(StringComparer.OrdinalIgnoreCase) { "view", "reference", "wrap", "wrapper", "borrow", "borrowed", "nocopy", "userptr" };

    private readonly List<(IInvocationOperation Call, int Pin, bool IsView)> _used = [];
    private readonly List<PathSet> _returns = [];

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind == ExitKind.Return && leaving.Paths.Paths.Count > 0 && findings.Body.Has(ResourceKind.Pin))
        {
            _returns.Add(leaving.Paths);
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach ((IInvocationOperation call, int pin, bool isView) in _used)
        {
            // A view is left behind by any return that leaves it. An operation goes on only where one of the returns is not its failure.
            if (isView ? _returns.Exists(paths => IsReleased(pin, paths)) : _returns.Count > 0 && !_returns.Exists(paths => IsHeld(pin, paths)))
            {
                Resource resource = findings.Body.Resources[pin];
                findings.Report(
                    PointerOutlivesPin.Words, Confidence.Possible, call.Syntax, null, Spots.OfCall(call), [Spots.Origin(resource)], null,
                    resource.Name ?? resource.Kind.Name, isView ? MadeBy(call) : StartedBy(call), "pin");
            }
        }
    }

    private static bool IsReleased(int pin, PathSet paths) => paths.Paths.All(path => path.HoldOf(pin).Holding == Holding.Released);

    private static bool IsHeld(int pin, PathSet paths) => paths.Paths.Any(path => (path.HoldOf(pin).Holding & (Holding.AnyHeld | Holding.HandedOn)) != 0);

    public override FactKind[] Reads => [FactKind.Escape];

    public override bool ReadsEveryExit => true;

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Escape, Departure: Departure.PassedToNative, Operation: IInvocationOperation call })
        {
            return;
        }

        NoteUse(fact, call, before, findings.Body);
        foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target).Where(r => findings.Body.Resources[r.Resource].Kind == ResourceKind.Fixed), before, static (_, _) => true))
        {
            string? why = SaysThatItKeeps(call.TargetMethod.Name) && ResultOutlives(call) ? MadeBy(call)
                : StartsOperation(call, before, findings.Body) ? StartedBy(call)
                : null;
            if (why is not null)
            {
                findings.Report(
                    PointerOutlivesPin.Words, sighting.Confidence, call.Syntax, null, Spots.OfCall(call), [Spots.Origin(sighting.Resource)], null,
                    sighting.Resource.Name ?? sighting.Resource.Kind.Name, why, "fixed statement");
            }
        }
    }

    /// <summary>What native code does with a pin of the body when it has returned, to be told if the body releases the pin.</summary>
    private void NoteUse(Fact fact, IInvocationOperation call, PathSet before, Body body)
    {
        bool isView = SaysThatItKeeps(call.TargetMethod.Name) && ResultOutlives(call);
        foreach (PathState path in isView || MayBePending(call) ? before.Paths : [])
        {
            RefSet pins = path.RefsOf(fact.Target).Where(r => r.Kind == RefRole.View && body.Resources[r.Resource] is { Original: null } resource && resource.Kind == ResourceKind.Pin);
            if (pins.Count == 1 && !_used.Exists(use => use.Call == call && use.Pin == pins[0].Resource))
            {
                _used.Add((call, pins[0].Resource, isView));
            }
        }
    }

    private static string MadeBy(IInvocationOperation call) => "kept by what '" + call.TargetMethod.Name + "' makes";

    private static string StartedBy(IInvocationOperation call) => "used by the operation that '" + call.TargetMethod.Name + "' only starts";

    /// <summary>Whether the method goes on, and waits for nothing, where the operating system says that the operation of the call is under way.</summary>
    private static bool MayBePending(IInvocationOperation call) =>
        call.Arguments.Any(static argument => argument.Value.Type is IPointerTypeSymbol { PointedAtType.Name: "NativeOverlapped" }) && MemberSyntax.MemberOf(call.Syntax) is { } member
        && member.DescendantNodes().Any(static node => node is ExpressionSyntax value && OverlappedLost.SaysPending(value))
        && !member.DescendantNodes().Any(node => node.SpanStart > call.Syntax.SpanStart && (MemberSyntax.MayWait(node) || (node is IdentifierNameSyntax { Identifier.ValueText: var name } && MemberSyntax.SaysWait(name))));

    /// <summary>Whether a word of the name, in whatever case words are told apart, says that the memory is not copied.</summary>
    private static bool SaysThatItKeeps(string name)
    {
        int start = 0;
        for (int i = 1; i <= name.Length; i++)
        {
            if (i == name.Length || name[i] == '_' || (char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])))
            {
                if (WordsOfKeeping.Contains(name.Substring(start, i - start).Trim('_')))
                {
                    return true;
                }

                start = i;
            }
        }

        return false;
    }

    /// <summary>Whether what the call makes is found after the fixed statement: it is returned, stored in a field, or written to one.</summary>
    private static bool ResultOutlives(IInvocationOperation call)
    {
        FixedStatementSyntax? held = call.Syntax.FirstAncestorOrSelf<FixedStatementSyntax>();
        for (FixedStatementSyntax? statement = held; statement is not null; statement = statement.Parent?.FirstAncestorOrSelf<FixedStatementSyntax>())
        {
            foreach (VariableDeclaratorSyntax pointer in statement.Declaration.Variables)
            {
                // A field that is to receive a handle.
                if (statement.Declaration.Type.ToString() is "IntPtr*" or "nint*" or "void**" && pointer.Initializer?.Value.ToString().StartsWith("&", StringComparison.Ordinal) == true
                    && call.Arguments.Any(argument => argument.Value.Syntax.ToString() == pointer.Identifier.ValueText))
                {
                    return true;
                }
            }
        }

        if (call.TargetMethod.ReturnType is not (IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } or INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, SpecialType: SpecialType.None }))
        {
            return false;
        }

        for (SyntaxNode? node = call.Syntax.Parent; node is not null and not FixedStatementSyntax; node = node.Parent)
        {
            switch (node)
            {
                case ReturnStatementSyntax or ArrowExpressionClauseSyntax:
                    return true;
                case AssignmentExpressionSyntax { Left: var target }:
                    return target is MemberAccessExpressionSyntax || (target is IdentifierNameSyntax { Identifier.ValueText: var name } && !IsDeclaredInside(held, name));
                case StatementSyntax:
                    return false;
            }
        }

        return false;
    }

    private static bool IsDeclaredInside(FixedStatementSyntax? statement, string name) =>
        statement?.DescendantNodes().Any(node => node is VariableDeclaratorSyntax variable && variable.Identifier.ValueText == name) == true;

    /// <summary>Whether the call is given an overlapped made here that pins nothing, and nothing here waits for it: the operation may go on after it.</summary>
    private static bool StartsOperation(IInvocationOperation call, PathSet before, Body body)
    {
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Value is not ILocalReferenceOperation { Local: { Type: IPointerTypeSymbol { PointedAtType.Name: "NativeOverlapped" } } overlapped } || body.Places.Find(overlapped) is not (>= 0 and var place))
            {
                continue;
            }

            bool pinsNothing = before.Paths.Count > 0 && before.Paths.All(path => path.RefsOf(place) is { Count: 1 } refs && PinsNothing(body.Resources[refs[0].Resource]));
            return pinsNothing && !IsAskedAbout(call, overlapped, body);
        }

        return false;
    }

    private static bool PinsNothing(Resource overlapped) =>
        overlapped.Kind == ResourceKind.Overlapped && overlapped.Origin is IInvocationOperation { Arguments: { Length: >= 2 } arguments }
        && arguments[arguments.Length - 1].Value is { ConstantValue: { HasValue: true, Value: null } } or IConversionOperation { Operand.ConstantValue: { HasValue: true, Value: null } };

    private static bool IsAskedAbout(IInvocationOperation start, ILocalSymbol overlapped, Body body)
    {
        foreach (Fact fact in body.Facts)
        {
            if (fact is { Kind: FactKind.Escape, Departure: Departure.PassedToNative, Operation: IInvocationOperation other } && other.Syntax != start.Syntax
                && other.Arguments.Any(argument => argument.Value is ILocalReferenceOperation { Local: var local } && SymbolEqualityComparer.Default.Equals(local, overlapped)))
            {
                return true;
            }
        }

        return false;
    }
}
