using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2001 of an overlapped structure that native code was given: the operation could not be started, so that no completion will ever free it, and
/// the branch that sees this leaves without doing so.
/// </summary>
internal sealed class OverlappedLost : Rule
{
    private const int IoPending = 997;

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Acquire, Operation: IInvocationOperation { Syntax: InvocationExpressionSyntax call } } || findings.Body.Resources[fact.Resource].Kind != ResourceKind.Overlapped
            || call.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { Identifier.ValueText: var overlapped } || MemberSyntax.MemberOf(call) is not { } member || MayBeFreedElsewhere(overlapped, member))
        {
            return;
        }

        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is IfStatementSyntax test && node.SpanStart > call.SpanStart && FailedBranch(test) is { } failed && MemberSyntax.Leaves(failed) && !IsFreedIn(failed, overlapped) && !IsFreedAround(test, overlapped))
            {
                Location left = failed.GetLocation();
                findings.Report(
                    PinNotReleased.Words, Confidence.Possible, call, null, Spots.OfCall(fact.Operation), [left], null,
                    overlapped, Spots.Line(Spots.OfCall(fact.Operation)), $"the operation cannot be started (line {Spots.Line(left)}), as nobody completes it then");
                return;
            }
        }
    }

    /// <summary>The statement that is reached when an error is none that says that the operation is under way.</summary>
    private static StatementSyntax? FailedBranch(IfStatementSyntax test)
    {
        foreach (SyntaxNode node in test.Condition.DescendantNodesAndSelf())
        {
            if (node is BinaryExpressionSyntax comparison && (SaysPending(comparison.Left) || SaysPending(comparison.Right)))
            {
                return comparison.IsKind(SyntaxKind.NotEqualsExpression) ? test.Statement
                    : comparison.IsKind(SyntaxKind.EqualsExpression) && test.Condition == comparison ? test.Else?.Statement
                    : null;
            }
        }

        return null;
    }

    private static bool SaysPending(ExpressionSyntax value)
    {
        ExpressionSyntax name = value is MemberAccessExpressionSyntax access ? access.Name : value;
        bool isNamed = name is IdentifierNameSyntax { Identifier.ValueText: var text } && text.Replace("_", string.Empty).EndsWith("IOPENDING", StringComparison.OrdinalIgnoreCase);
        return isNamed || value is LiteralExpressionSyntax { Token.Value: IoPending };
    }

    private static bool IsFreedIn(SyntaxNode node, string overlapped) => node.DescendantNodesAndSelf().Any(inner =>
        inner is ThrowStatementSyntax { Expression: null }
        || (inner is InvocationExpressionSyntax call && (MemberSyntax.Mentions(call.ArgumentList, overlapped) || SaysFree(call))));

    /// <summary>Whether a try around the test frees it on the way out.</summary>
    private static bool IsFreedAround(SyntaxNode test, string overlapped) => test.Ancestors().Any(node =>
        node is TryStatementSyntax tried && ((tried.Finally is { } last && IsFreedIn(last, overlapped)) || tried.Catches.Any(handler => IsFreedIn(handler, overlapped))));

    private static bool SaysFree(InvocationExpressionSyntax call)
    {
        string name = call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
            _ => string.Empty,
        };
        return name.IndexOf("Free", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("Dispose", StringComparison.Ordinal) >= 0 || name.IndexOf("Release", StringComparison.Ordinal) >= 0
            || name.IndexOf("Clean", StringComparison.Ordinal) >= 0 || name.IndexOf("Unpack", StringComparison.Ordinal) >= 0;
    }

    /// <summary>Whether somebody else has it, too: it is stored, returned, or given to code of the same program.</summary>
    private static bool MayBeFreedElsewhere(string overlapped, MemberDeclarationSyntax member)
    {
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is IdentifierNameSyntax { Identifier.ValueText: var name } && name == overlapped)
            {
                SyntaxNode use = node;
                while (use.Parent is CastExpressionSyntax or ParenthesizedExpressionSyntax)
                {
                    use = use.Parent;
                }

                if (use.Parent is AssignmentExpressionSyntax or ReturnStatementSyntax or EqualsValueClauseSyntax or InitializerExpressionSyntax or BinaryExpressionSyntax
                    || use.Parent is ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax }
                    || use.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is not null)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
