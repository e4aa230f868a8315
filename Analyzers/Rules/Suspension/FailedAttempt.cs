using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Suspension;

/// <summary>What the code's own words say of an attempt: whether a condition means that it failed, and what is done about that.</summary>
internal static class FailedAttempt
{
    private static readonly string[] Successes = ["ok", "success", "succeeded", "none", "done", "complete", "completed", "finished", "sent", "written"];
    private static readonly string[] Progress = ["more", "partial", "continue", "progress", "incomplete", "pending"];
    private static readonly string[] Refusals = ["again", "eagain", "intr", "eintr", "would", "ewould", "busy", "ebusy", "retry"];
    private static readonly string[] Ends = ["done", "finish", "complete", "end", "drain", "last", "empty", "progress", "more", "next", "step", "advance"];
    private static readonly string[] Restorers = ["restore", "reset", "rewind", "revert", "rollback", "undo", "seek", "refill"];
    private static readonly string[] Lookers = ["log", "trace", "describe", "dump", "print", "report", "count", "length", "remaining", "empty", "format", "string"];

    public static bool Restores(string name) => Says(name, Restorers);

    public static bool OnlyLooks(string name) => Says(name, Lookers);

    /// <summary>Whether the path is one on which the attempt failed: by an exception, or as a condition on its result says.</summary>
    public static bool Tells(Hold hold, Resource attempt) =>
        (hold.Holding & Attempts.Threw) != 0
        || (hold.ChangedAt is { } condition && MeansFailure(condition, (hold.Holding & Attempts.ToldByTrue) != 0, attempt));

    /// <summary>Whether the code goes back at once when the attempt has failed: no word of what is lost is kept anywhere.</summary>
    public static bool IsIgnored(Hold hold)
    {
        SyntaxNode? at = hold.ChangedAt?.Syntax;
        if ((hold.Holding & Attempts.Threw) == 0)
        {
            return at?.FirstAncestorOrSelf<IfStatementSyntax>() is { Statement: var taken } branch && branch.Condition.Contains(at) && OnlyWaits(taken);
        }

        for (SyntaxNode? node = at; node is not null and not MemberDeclarationSyntax and not LocalFunctionStatementSyntax and not AnonymousFunctionExpressionSyntax; node = node.Parent)
        {
            if (node is TryStatementSyntax { Catches: { Count: > 0 } clauses } guarded && guarded.Block.Span.Contains(at!.Span))
            {
                return clauses.Any(static clause => OnlyWaits(clause.Block));
            }
        }

        return false;
    }

    private static bool MeansFailure(IOperation condition, bool outcome, Resource attempt)
    {
        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return MeansFailure(not.Operand, !outcome, attempt);
            case IParenthesizedOperation parenthesized:
                return MeansFailure(parenthesized.Operand, outcome, attempt);
            case IConversionOperation conversion:
                return MeansFailure(conversion.Operand, outcome, attempt);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison:
                bool equal = (comparison.OperatorKind == BinaryOperatorKind.Equals) == outcome;
                return comparison.RightOperand.ConstantValue.HasValue ? IsFailure(comparison.RightOperand, equal)
                    : comparison.LeftOperand.ConstantValue.HasValue && IsFailure(comparison.LeftOperand, equal);
            case IIsPatternOperation { Pattern: IConstantPatternOperation { Value: var constant } }:
                return IsFailure(constant, outcome);
            case IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation { Value: var constant } } }:
                return IsFailure(constant, !outcome);
            case IBinaryOperation or IIsPatternOperation:
                // An order that leaves zero and less.
                return true;
            default:
                return !outcome && !Says(NameOf(condition) ?? string.Empty, Ends) && !Says(attempt.Member?.Name ?? string.Empty, Ends);
        }
    }

    private static bool IsFailure(IOperation constant, bool isEqual)
    {
        while (constant is IConversionOperation { Operand: var operand })
        {
            constant = operand;
        }

        string name = NameOf(constant) ?? string.Empty;
        if (constant.Type?.TypeKind == TypeKind.Enum)
        {
            return !Says(name, Progress) && Says(name, Successes) != isEqual;
        }

        return constant.ConstantValue.Value switch
        {
            bool value => value != isEqual,
            int n => isEqual && (n < 0 || Says(name, Refusals)),
            long n => isEqual && n < 0,
            _ => false,
        };
    }

    private static string? NameOf(IOperation operation) => operation switch
    {
        IInvocationOperation invocation => invocation.TargetMethod.Name,
        IAwaitOperation awaited => NameOf(awaited.Operation),
        ILocalReferenceOperation local => local.Local.Name,
        IMemberReferenceOperation member => member.Member.Name,
        _ => null,
    };

    private static bool OnlyWaits(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => block.Statements.All(OnlyWaits),
        ContinueStatementSyntax or EmptyStatementSyntax => true,
        IfStatementSyntax { Else: null, Statement: var taken } => IsJump(taken),
        ExpressionStatementSyntax { Expression: PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax } counted => Says(counted.ToString(), ["attempt", "retr", "tries"]),
        ExpressionStatementSyntax { Expression: var call } => Says(call.ToString(), ["delay", "sleep", "yield", "spin", "backoff", "pause"]),
        _ => false,
    };

    private static bool IsJump(StatementSyntax statement) => statement switch
    {
        BlockSyntax { Statements: { Count: 1 } statements } => IsJump(statements[0]),
        ThrowStatementSyntax or ReturnStatementSyntax or BreakStatementSyntax => true,
        _ => false,
    };

    /// <summary>Whether one of the words that the name is made of begins with one of <paramref name="words"/>.</summary>
    private static bool Says(string name, string[] words)
    {
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = char.IsLetter(name[i]) && (i == 0 || !char.IsLetter(name[i - 1]) || (char.IsUpper(name[i]) && char.IsLower(name[i - 1])));
            if (begins && words.Any(word => string.Compare(name, i, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0))
            {
                return true;
            }
        }

        return false;
    }
}
