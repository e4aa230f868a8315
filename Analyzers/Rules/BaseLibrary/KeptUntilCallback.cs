using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2003 across the border, told by the state of a callback: native code is given a handle that only its callback frees, which is when the operation is
/// over, and beside it memory that is held for the call alone, by a <c>fixed</c> statement or by the marshaller.
/// </summary>
internal sealed class KeptUntilCallback : Rule
{
    private static readonly string[] WordsOfStarting = ["async", "begin", "start", "submit", "post", "queue", "enqueue", "send", "recv", "receive", "read", "write", "transfer", "aio"];

    private readonly List<(IInvocationOperation Call, int State)> _started = [];
    private readonly List<(IInvocationOperation Call, Resource Held)> _fixed = [];
    private readonly List<PathSet> _returns = [];

    public override FactKind[] Reads => [FactKind.Escape];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Escape, Departure: Departure.PassedToNative, Operation: IInvocationOperation call } || !SaysThatItStarts(call.TargetMethod.Name))
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            RefSet given = path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account);
            for (int i = 0; i < given.Count; i++)
            {
                Resource resource = findings.Body.Resources[given[i].Resource];
                if (resource is { Original: null, Parameter: null } && resource.Kind == ResourceKind.Root && !_started.Contains((call, resource.Id)))
                {
                    _started.Add((call, resource.Id));
                }
                else if (resource.Kind == ResourceKind.Fixed && !_fixed.Contains((call, resource)))
                {
                    _fixed.Add((call, resource));
                }
            }
        }
    }

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving.Kind == ExitKind.Return && _started.Count > 0)
        {
            _returns.Add(leaving.Paths);
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach ((IInvocationOperation call, int state) in _started)
        {
            if (_returns.Count == 0 || _returns.Exists(paths => paths.Paths.Any(path => path.HoldOf(state).Holding == Holding.Released)) || findings.Body.Owner.ContainingType is not { } type || !IsEndedByCallback(type))
            {
                continue;
            }

            (string? name, Location? held) = _fixed.Find(one => one.Call == call) is { Held: { } resource } && !IsWaitedFor(call.Syntax) ? (resource.Name ?? resource.Kind.Name, Spots.Origin(resource))
                : MarshalledBy(call) is { } array ? (array.Syntax.ToString(), null)
                : default;
            if (name is not null)
            {
                findings.Report(
                    PointerOutlivesPin.Words, Confidence.Possible, call.Syntax, null, Spots.OfCall(call), [held, Spots.Origin(findings.Body.Resources[state])], null,
                    name, "used by the operation that '" + call.TargetMethod.Name + "' starts and its callback ends", held is null ? "call, which alone holds it in place" : "fixed statement");
            }
        }
    }

    private static bool SaysThatItStarts(string name)
    {
        int start = 0;
        for (int i = 1; i <= name.Length; i++)
        {
            if (i == name.Length || name[i] == '_' || (char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])))
            {
                string word = name.Substring(start, i - start).Trim('_');
                if (Array.Exists(WordsOfStarting, known => known.Equals(word, StringComparison.OrdinalIgnoreCase)))
                {
                    return true;
                }

                start = i;
            }
        }

        return false;
    }

    /// <summary>An array that the marshaller pins, or copies, for the time of the call.</summary>
    private static IOperation? MarshalledBy(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(static argument => argument is { Parameter.Type: IArrayTypeSymbol, Value.ConstantValue.HasValue: false } && argument.Value is not IConversionOperation { Operand.ConstantValue.HasValue: true })?.Value;

    /// <summary>Whether a member of the type gets a handle from its address, looks at what it leads to and frees it: what native code calls when it is done, and not only to be rid of the state.</summary>
    private static bool IsEndedByCallback(INamedTypeSymbol type) =>
        MemberSyntax.MembersOf(type).Any(static member => MemberSyntax.Mentions(member, "FromIntPtr") && MemberSyntax.Mentions(member, "Free") && MemberSyntax.Mentions(member, "Target"));

    private static bool IsWaitedFor(SyntaxNode call) =>
        call.FirstAncestorOrSelf<FixedStatementSyntax>() is not { } held || held.DescendantNodes().Any(static node => node is IdentifierNameSyntax { Identifier.ValueText: var name } && MemberSyntax.SaysWait(name));
}
