using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2014 between two types: memory of the caller is given to an object that keeps it until it is told to let go, an await after that can fail, and
/// then nobody tells it; what ends the instance reads it again.
/// </summary>
internal sealed class LeftInAnother : Rule
{
    public override FactKind[] Reads => [FactKind.Attach];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Attach, Kept: { } kept, Receiver: >= 0 } || findings.Body.Places[fact.Receiver].Symbol is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private } field
            || UnguardedAwait(fact.Operation.Syntax, field.Name, kept) is not { } leaving || ReaderAtEnd(field, kept) is not { } reader)
        {
            return;
        }

        foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target).Where(r => findings.Body.Resources[r.Resource].Kind == ResourceKind.Borrowed), before, static (_, _) => true))
        {
            findings.Report(
                KeptBeyondCall.Words, Confidence.Possible, (fact.Operation.Syntax, sighting.Resource.Id), null, Spots.OfCall(fact.Operation), [leaving.GetLocation(), reader.GetLocation(), Spots.Origin(sighting.Resource)], null,
                sighting.Resource.Name ?? sighting.Resource.Kind.Name, $"still in '{field.Name}' when the await at line {Spots.Line(leaving.GetLocation())} fails");
        }
    }

    /// <summary>An await behind the call whose failure leaves the method without a word to the object.</summary>
    private static SyntaxNode? UnguardedAwait(SyntaxNode call, string field, Kept kept) =>
        MemberSyntax.MemberOf(call)?.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .FirstOrDefault(node => node is AwaitExpressionSyntax && node.SpanStart > call.Span.End && !IsGuarded(node, field, kept));

    private static bool IsGuarded(SyntaxNode awaiting, string field, Kept kept)
    {
        for (SyntaxNode? outer = awaiting.Parent; outer is not (null or MemberDeclarationSyntax); outer = outer.Parent)
        {
            if (outer is TryStatementSyntax statement && statement.Block.Span.Contains(awaiting.Span)
                && ((statement.Finally is { } ending && Calls(ending, field, kept.LetsGo)) || statement.Catches.Any(handler => Calls(handler, field, kept.LetsGo))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Calls(SyntaxNode node, string field, ICollection<string> members) => FirstCall(node, field, members) is not null;

    private static InvocationExpressionSyntax? FirstCall(SyntaxNode node, string field, ICollection<string> members) =>
        node.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(call =>
            call.Expression is MemberAccessExpressionSyntax { Expression: var on, Name.Identifier.ValueText: var called } && MemberSyntax.NameOf(on) == field && members.Contains(called));

    /// <summary>Where disposal reads what the object still has, before it has told it to let go.</summary>
    private static InvocationExpressionSyntax? ReaderAtEnd(IFieldSymbol field, Kept kept)
    {
        foreach (MemberDeclarationSyntax member in MemberSyntax.MembersOf(field.ContainingType))
        {
            if (MemberSyntax.IsDisposal(member) && FirstCall(member, field.Name, kept.Reads) is { } read
                && (FirstCall(member, field.Name, kept.LetsGo) is not { } letsGo || read.SpanStart < letsGo.SpanStart))
            {
                return read;
            }
        }

        return null;
    }
}
