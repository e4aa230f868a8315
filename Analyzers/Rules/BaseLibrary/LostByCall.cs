using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2001: what is released in a handler, when something fails, is lost where a call fails that stands between its acquisition and the
/// statement whose handler that is: in the same body, or in the one that leaves it in a parameter for its callers to release.
/// </summary>
internal sealed class LostByCall : Rule
{
    private readonly Dictionary<int, List<(SyntaxNode At, string What, IParameterSymbol? LeftIn)>> _failing = [];
    private readonly Dictionary<int, List<SyntaxNode>> _released = [];

    public override FactKind[] Reads => [FactKind.Release, FactKind.Fail];

    public override bool ReadsEveryExit => true;

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind == FactKind.Release)
        {
            foreach (PathState path in before.Paths)
            {
                RefSet refs = Transfer.Released(fact, path, findings.Body);
                for (int i = 0; i < refs.Count; i++)
                {
                    Add(_released, refs[i].Resource, fact.Operation.Syntax);
                }
            }
        }
        else if (fact.Kind == FactKind.Fail)
        {
            Note(fact.Operation, before, findings.Body, resource => !(fact.Member is IMethodSymbol native && NativeCode.Is(native)) || (resource.Name is { } name && MemberSyntax.Mentions(fact.Operation.Syntax, name)), fact.Member is { } called ? $"'{called.Name}' fails" : "what is awaited fails");
        }
    }

    public override void OnExit(Leaving leaving, Findings findings)
    {
        if (leaving is { Kind: ExitKind.Throw, From.BranchValue: { } thrown })
        {
            Note(thrown, leaving.Paths, findings.Body, static _ => true, "the method throws");
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach (KeyValuePair<int, List<(SyntaxNode At, string What, IParameterSymbol? LeftIn)>> failing in _failing)
        {
            Resource resource = findings.Body.Resources[failing.Key];
            foreach ((SyntaxNode at, string what, IParameterSymbol? leftIn) in failing.Value)
            {
                if (leftIn is null ? IsHandledLater(failing.Key, at) : IsReleasedByCallers(leftIn))
                {
                    Location origin = Spots.OfCall(resource.Origin);
                    findings.Report(
                        PinNotReleased.Words, Confidence.Possible, ((object)failing.Key, origin.SourceSpan), null, origin, [at.GetLocation()], null,
                        resource.Name ?? resource.Kind.Name, Spots.Line(origin), $"{what} at line {Spots.Line(at.GetLocation())}");
                    break;
                }
            }
        }
    }

    private void Note(IOperation failing, PathSet before, Body body, Func<Resource, bool> concerns, string what)
    {
        foreach (Resource resource in body.Resources)
        {
            if (resource is { Kind.IsHandle: true, Original: null, Parameter: null } && resource.Origin != failing && concerns(resource) && IsLost(resource.Id, before, body, out IParameterSymbol? leftIn))
            {
                Add(_failing, resource.Id, (failing.Syntax, what, leftIn));
            }
        }
    }

    /// <summary>Whether a handler of a statement that follows in the same block releases it, and none around the call does.</summary>
    private bool IsHandledLater(int resource, SyntaxNode call)
    {
        if (!_released.TryGetValue(resource, out List<SyntaxNode>? released))
        {
            return false;
        }

        List<TryStatementSyntax> handled = [.. released.Select(HandledBy).OfType<TryStatementSyntax>()];
        return handled.Exists(statement => statement.SpanStart > call.Span.End && statement.Parent == call.FirstAncestorOrSelf<StatementSyntax>()?.Parent) && !handled.Exists(statement => statement.Block.Span.Contains(call.Span));
    }

    /// <summary>
    /// Whether those who call the method release, in a handler, what it leaves in the parameter, and none of them does so in a handler of the statement that the call
    /// itself stands in.
    /// </summary>
    private static bool IsReleasedByCallers(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { DeclaredAccessibility: Accessibility.Private } method)
        {
            return false;
        }

        bool isReleased = false;
        foreach (MemberDeclarationSyntax member in MemberSyntax.MembersOf(method.ContainingType))
        {
            foreach (SyntaxNode node in member.DescendantNodes())
            {
                if (node is not InvocationExpressionSyntax call || MemberSyntax.NameOfCalled(call.Expression) != method.Name || call.ArgumentList.Arguments.Count != method.Parameters.Length)
                {
                    continue;
                }

                string? given = call.ArgumentList.Arguments[parameter.Ordinal].Expression is DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax { Identifier.ValueText: var declared } } ? declared : null;
                List<TryStatementSyntax> handled = given is null ? [] : [.. member.DescendantNodes().OfType<TryStatementSyntax>().Where(statement => MemberSyntax.Mentions(statement.Finally, given) || statement.Catches.Any(handler => MemberSyntax.Mentions(handler.Block, given)))];
                if (given is null || handled.Exists(statement => statement.Block.Span.Contains(call.Span)))
                {
                    return false;
                }

                isReleased |= handled.Exists(statement => statement.SpanStart > call.Span.End);
            }
        }

        return isReleased;
    }

    private static void Add<T>(Dictionary<int, List<T>> all, int resource, T item)
    {
        if (!all.TryGetValue(resource, out List<T>? items))
        {
            all.Add(resource, items = []);
        }

        if (!items.Contains(item))
        {
            items.Add(item);
        }
    }

    /// <summary>Whether the body alone has it on every path that has come here with it, if only in a parameter that its caller gets to see when it has returned.</summary>
    private static bool IsLost(int resource, PathSet before, Body body, out IParameterSymbol? leftIn)
    {
        IParameterSymbol? left = leftIn = null;
        bool isLost = false;
        foreach (PathState path in before.Paths)
        {
            Hold hold = path.HoldOf(resource);
            if (hold.Holding is Holding.Nothing or Holding.NotAcquired)
            {
                continue;
            }

            bool isOwed = !hold.MayBeTaken && (hold.Holding & Holding.AnyHeld) != 0 && (hold.Holding & ~(Holding.AnyHeld | Holding.NotAcquired)) == 0;
            path.ForEachPending((_, loan) => isOwed &= !loan.Holds.Refers(resource));
            path.Refs.ForEach((place, refs) =>
            {
                if (body.StorageOutlives(place) && refs.Where(static r => r.Kind < RefRole.Account).Refers(resource))
                {
                    left = body.Places[place] is { Kind: PlaceKind.Parameter, Symbol: IParameterSymbol { RefKind: RefKind.Out } parameter } ? parameter : null;
                    isOwed &= left is not null;
                }
            });
            if (!isOwed)
            {
                return false;
            }

            isLost = true;
        }

        leftIn = left;
        return isLost;
    }

    /// <summary>The statement in a handler of which a release stands that everything passes which leaves its block by an exception.</summary>
    private static TryStatementSyntax? HandledBy(SyntaxNode release)
    {
        foreach (SyntaxNode ancestor in release.Ancestors())
        {
            switch (ancestor)
            {
                case FinallyClauseSyntax { Parent: TryStatementSyntax statement }:
                    return statement;
                case CatchClauseSyntax { Parent: TryStatementSyntax statement, Filter: null, Declaration: null or { Type: IdentifierNameSyntax { Identifier.ValueText: "Exception" } } }:
                    return statement;
                case MemberDeclarationSyntax:
                    return null;
            }
        }

        return null;
    }
}
