using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>A legacy page getter's call as a call of <c>ExtractPages</c>, in the same calling convention.</summary>
internal sealed class PinnedCall
{
    private readonly Acquisition _legacy;
    private readonly InvocationExpressionSyntax _call;
    private readonly StatementSyntax[] _before;
    private readonly StatementSyntax[] _after;
    private readonly SyntaxTrivia _lineEnd;

    private PinnedCall(Acquisition legacy, InvocationExpressionSyntax call, StatementSyntax[] before, StatementSyntax[] after, SyntaxTrivia lineEnd)
    {
        _legacy = legacy;
        _call = call;
        _before = before;
        _after = after;
        _lineEnd = lineEnd;
    }

    public SyntaxNode Tracked => _legacy.Call;

    /// <summary>The pinned call, or null where the array that the legacy call allocated cannot be allocated before it.</summary>
    public static PinnedCall? Of(Acquisition legacy, PageUses? uses, SemanticModel model)
    {
        SyntaxTrivia lineEnd = Formatting.LineEnd(model.SyntaxTree.GetRoot());
        InvocationExpressionSyntax call = Renamed(legacy, model);
        if (!legacy.Allocates)
        {
            return new PinnedCall(legacy, call, [], [], lineEnd);
        }

        return AllocatedArray.Of(legacy, uses, model) is { } array
            ? new PinnedCall(legacy, call.ReplaceNode(PagesOf(call, legacy), array.Argument), array.Before, array.After, lineEnd)
            : null;
    }

    public SyntaxNode Apply(SyntaxNode root)
    {
        SyntaxNode current = root.GetCurrentNode(_legacy.Call)!;
        if (_before.Length + _after.Length == 0)
        {
            return root.ReplaceNode(current, _call);
        }

        StatementSyntax old = current.FirstAncestorOrSelf<StatementSyntax>()!;
        StatementSyntax statement = old.ReplaceNode(current, _call);
        StatementList list = StatementList.Holding(old)!.Value;
        List<StatementSyntax> statements = [.. list.Statements];
        int index = list.IndexOf(old);
        statements[index] = statement;
        statements.InsertRange(index + 1, _after.Select(after => Line(after)));
        if (_before.Length > 0)
        {
            // What was written before the call is now written before the array; the call starts a line of its own.
            statements[index] = statement.WithLeadingTrivia(Layout.Indentation(statement)).WithAdditionalAnnotations(Formatter.Annotation);
            statements.InsertRange(index, _before.Select(Line));
            statements[index] = statements[index].WithLeadingTrivia(statement.GetLeadingTrivia());
        }

        return root.ReplaceNode(list.Owner, list.With(statements));
    }

    private static bool IsBlank(SyntaxTrivia trivia) => trivia.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia;

    private StatementSyntax Line(StatementSyntax statement) =>
        statement.WithTrailingTrivia(_lineEnd).WithAdditionalAnnotations(Formatter.Annotation);

    private static ArgumentSyntax PagesOf(InvocationExpressionSyntax call, Acquisition legacy) =>
        call.ArgumentList.Arguments[legacy.Call.ArgumentList.Arguments.IndexOf(legacy.Pages)];

    private static InvocationExpressionSyntax Renamed(Acquisition legacy, SemanticModel model)
    {
        SimpleNameSyntax name = legacy.Name!;
        InvocationExpressionSyntax call = legacy.Call.ReplaceNode(name, name.Renamed("ExtractPages"));
        string flags = PageApi.NameOf(PageApi.Flags, model, legacy.Call);
        ArgumentSyntax perPage = SyntaxFactory.Argument(SyntaxFactory.ParseExpression(flags + ".PerPage"));
        SeparatedSyntaxList<ArgumentSyntax> arguments = call.ArgumentList.Arguments;
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].NameColon is { } named && named.Name.Identifier.ValueText != legacy.Method.Parameters[i].Name)
            {
                // Arguments out of order are all named.
                perPage = perPage.WithNameColon(SyntaxFactory.NameColon("flags"));
                break;
            }
        }

        // On a line of its own where its neighbours are, without their comments.
        SyntaxToken comma = arguments.GetSeparator(1);
        perPage = perPage.WithLeadingTrivia(arguments[2].GetLeadingTrivia().Where(IsBlank));
        bool endsLine = comma.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia);
        SyntaxToken second = comma.WithLeadingTrivia().WithTrailingTrivia(
            comma.TrailingTrivia.Where(trivia => trivia.IsKind(endsLine ? SyntaxKind.EndOfLineTrivia : SyntaxKind.WhitespaceTrivia)));
        return call.WithArgumentList(call.ArgumentList.WithArguments(
            SyntaxFactory.SeparatedList(arguments.Insert(2, perPage), [arguments.GetSeparator(0), comma, second])));
    }
}
