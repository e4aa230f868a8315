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

    private const int MoreData = 234;

    private static readonly string[] WordsOfErrors = ["err", "status", "code"];

    public override FactKind[] Reads => [FactKind.Acquire];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Acquire, Operation: IInvocationOperation { Syntax: InvocationExpressionSyntax call } } || findings.Body.Resources[fact.Resource].Kind != ResourceKind.Overlapped
            || call.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { Identifier.ValueText: var overlapped } || MemberSyntax.MemberOf(call) is not { } member || MayBeFreedElsewhere(overlapped, member))
        {
            return;
        }

        // Who waits for the operation may speak of how it ended; what is completed then is freed by its callback, if that frees anything.
        bool mayHaveCompleted = member.DescendantNodes().Any(static node => node is IdentifierNameSyntax { Identifier.ValueText: var name } && MemberSyntax.SaysWait(name))
            && !(call.ArgumentList.Arguments is { Count: > 0 } given && given[0].Expression is AnonymousFunctionExpressionSyntax callback && !IsFreedIn(callback, overlapped));
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            foreach (StatementSyntax failed in node.SpanStart > call.SpanStart ? FailedBranches(node, mayHaveCompleted) : [])
            {
                if (MemberSyntax.Leaves(failed) && !IsFreedIn(failed.Parent is SwitchSectionSyntax section ? section : failed, overlapped) && !IsFreedAround(node, overlapped) && !IsFreedBefore(node, call, overlapped))
                {
                    Location left = failed.GetLocation();
                    findings.Report(
                        PinNotReleased.Words, Confidence.Possible, call, null, Spots.OfCall(fact.Operation), [left], null,
                        overlapped, Spots.Line(Spots.OfCall(fact.Operation)), $"the operation cannot be started (line {Spots.Line(left)}), as nobody completes it then");
                    return;
                }
            }
        }
    }

    /// <summary>The statements that a test of the error leads to only where the operation is not under way.</summary>
    private static IEnumerable<StatementSyntax> FailedBranches(SyntaxNode test, bool mayHaveCompleted)
    {
        switch (test)
        {
            case IfStatementSyntax when mayHaveCompleted && FailedBranch((IfStatementSyntax)test) is null:
                break;
            case IfStatementSyntax { Condition: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } comparison, Statement: var failed } when (SaysFailed(comparison.Right) && IsError(comparison.Left)) || (SaysFailed(comparison.Left) && IsError(comparison.Right)):
                yield return failed;
                break;
            case IfStatementSyntax statement when FailedBranch(statement) is { } branch:
                yield return branch;
                break;
            case SwitchStatementSyntax { Sections: var sections } when sections.Any(static section => section.Labels.Any(IsPending)):
                foreach (SwitchSectionSyntax section in sections)
                {
                    if (section.Statements.Count > 0 && section.Labels.All(static label => label is DefaultSwitchLabelSyntax || (label is CaseSwitchLabelSyntax { Value: var value } && SaysFailed(value))))
                    {
                        yield return section.Statements[section.Statements.Count - 1];
                    }
                }

                break;
        }
    }

    private static bool IsPending(SwitchLabelSyntax label) => label is CaseSwitchLabelSyntax { Value: var value } && SaysPending(value);

    /// <summary>An error of the operating system by number or name: neither success, nor one that comes with more to follow.</summary>
    private static bool SaysFailed(ExpressionSyntax value) => value switch
    {
        LiteralExpressionSyntax { Token.Value: int number } => number > 0 && number is not (IoPending or MoreData),
        MemberAccessExpressionSyntax { Name: var name } => SaysFailed(name),
        IdentifierNameSyntax { Identifier.ValueText: var text } => text.StartsWith("ERROR_", StringComparison.Ordinal) && text is not ("ERROR_SUCCESS" or "ERROR_IO_PENDING" or "ERROR_MORE_DATA"),
        _ => false,
    };

    /// <summary>Whether a value is, by what it is called, the error of a call.</summary>
    private static bool IsError(ExpressionSyntax value)
    {
        string text = value.ToString();
        return Array.Exists(WordsOfErrors, word => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);
    }

    /// <summary>Whether a statement that every way to the test leads over frees it.</summary>
    private static bool IsFreedBefore(SyntaxNode test, SyntaxNode allocated, string overlapped)
    {
        foreach (SyntaxNode within in test.AncestorsAndSelf())
        {
            foreach (SyntaxNode before in within.Parent is BlockSyntax or SwitchSectionSyntax ? within.Parent.ChildNodes() : [])
            {
                if (before is ExpressionStatementSyntax && before.SpanStart > allocated.Span.End && before.SpanStart < within.SpanStart && IsFreedBy(before, overlapped))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsFreedBy(SyntaxNode statement, string overlapped) =>
        statement.DescendantNodes().Any(node => node is InvocationExpressionSyntax freeing && SaysFree(freeing) && MemberSyntax.Mentions(freeing, overlapped));

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

    /// <summary>Whether a value is the error that says that an operation is under way.</summary>
    public static bool SaysPending(ExpressionSyntax value)
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
        string name = MemberSyntax.NameOfCalled(call.Expression) ?? string.Empty;
        return name.IndexOf("Free", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("Dispose", StringComparison.Ordinal) >= 0 || name.IndexOf("Release", StringComparison.Ordinal) >= 0
            || name.IndexOf("Clean", StringComparison.Ordinal) >= 0 || name.IndexOf("Unpack", StringComparison.Ordinal) >= 0;
    }

    /// <summary>Whether somebody else has it, too: it is stored, returned, or given to code of the same program.</summary>
    public static bool MayBeFreedElsewhere(string overlapped, MemberDeclarationSyntax member)
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
