using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>What the text of a type's members says of a name: enough where no value has to be followed.</summary>
internal static class MemberSyntax
{
    /// <summary>The member that an operation stands in.</summary>
    public static MemberDeclarationSyntax? MemberOf(SyntaxNode node) => node.FirstAncestorOrSelf<MemberDeclarationSyntax>();

    /// <summary>The text of a member.</summary>
    public static MemberDeclarationSyntax? MemberOf(TypeMember member) => MemberOf(member.Body.Flow.OriginalOperation.Syntax);

    /// <summary>The members of the type, in all its parts.</summary>
    public static IEnumerable<MemberDeclarationSyntax> MembersOf(INamedTypeSymbol type)
    {
        foreach (SyntaxReference part in type.DeclaringSyntaxReferences)
        {
            foreach (MemberDeclarationSyntax member in (part.GetSyntax() as TypeDeclarationSyntax)?.Members ?? default)
            {
                yield return member;
            }
        }
    }

    /// <summary>The name of the local, parameter or field of the instance that an expression is.</summary>
    public static string? NameOf(SyntaxNode? expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var name } => name,
        ParenthesizedExpressionSyntax parenthesized => NameOf(parenthesized.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression, Operand: var operand } => NameOf(operand),
        _ => null,
    };

    /// <summary>The name of the method that a call names, on whatever it is called.</summary>
    public static string? NameOfCalled(ExpressionSyntax called) => called switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>Whether a member is disposal under one of its names.</summary>
    public static bool IsDisposal(MemberDeclarationSyntax member) => member is MethodDeclarationSyntax { Identifier.ValueText: "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Close" };

    /// <summary>What stands before the first member or element that an expression takes: <c>a</c> of <c>a.B[0].C</c>.</summary>
    public static ExpressionSyntax RootOf(ExpressionSyntax expression)
    {
        while (true)
        {
            switch (expression)
            {
                case MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax } access:
                    expression = access.Expression;
                    break;
                case ElementAccessExpressionSyntax element:
                    expression = element.Expression;
                    break;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed:
                    expression = suppressed.Operand;
                    break;
                case ParenthesizedExpressionSyntax parenthesized:
                    expression = parenthesized.Expression;
                    break;
                case CastExpressionSyntax cast:
                    expression = cast.Expression;
                    break;
                default:
                    return expression;
            }
        }
    }

    public static bool Mentions(SyntaxNode? node, string name) =>
        node?.DescendantNodesAndSelf().Any(inner => inner is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name) == true;

    /// <summary>The names that a member writes: by assignment, by counting, by reference.</summary>
    public static HashSet<string> WrittenIn(SyntaxNode member)
    {
        HashSet<string> written = new(StringComparer.Ordinal);
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            ExpressionSyntax? target = node switch
            {
                AssignmentExpressionSyntax assignment => assignment.Left,
                PostfixUnaryExpressionSyntax postfix when !postfix.IsKind(SyntaxKind.SuppressNullableWarningExpression) => postfix.Operand,
                PrefixUnaryExpressionSyntax prefix when prefix.IsKind(SyntaxKind.PreIncrementExpression) || prefix.IsKind(SyntaxKind.PreDecrementExpression) => prefix.Operand,
                ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } passed => passed.Expression,
                _ => null,
            };
            if (target is not null && NameOf(RootOf(target)) is { } name)
            {
                written.Add(name);
            }
        }

        return written;
    }

    /// <summary>The names that decide where control goes in a member.</summary>
    public static HashSet<string> TestedIn(SyntaxNode member)
    {
        HashSet<string> tested = new(StringComparer.Ordinal);
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            SyntaxNode? condition = node switch
            {
                IfStatementSyntax statement => statement.Condition,
                WhileStatementSyntax loop => loop.Condition,
                ForStatementSyntax loop => loop.Condition,
                DoStatementSyntax loop => loop.Condition,
                ConditionalExpressionSyntax conditional => conditional.Condition,
                SwitchStatementSyntax choice => choice.Expression,
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } coalesce => coalesce.Left,
                ConditionalAccessExpressionSyntax access => access.Expression,
                _ => null,
            };
            foreach (SyntaxNode inner in condition?.DescendantNodesAndSelf() ?? [])
            {
                if (inner is IdentifierNameSyntax name)
                {
                    tested.Add(name.Identifier.ValueText);
                }
            }
        }

        return tested;
    }

    /// <summary>Whether a statement leaves the method, or the loop that it is in, whenever it is reached.</summary>
    public static bool Leaves(StatementSyntax statement) => statement switch
    {
        ReturnStatementSyntax or ThrowStatementSyntax => true,
        BlockSyntax { Statements: { Count: > 0 } statements } => Leaves(statements[statements.Count - 1]),
        _ => false,
    };

    /// <summary>Whether some other type of the assembly seems to call the method: by its name, on something.</summary>
    public static bool IsCalledElsewhere(IMethodSymbol method)
    {
        foreach (SyntaxTree tree in (method.ContainingAssembly as ISourceAssemblySymbol)?.Compilation.SyntaxTrees ?? [])
        {
            foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
            {
                if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax or MemberBindingExpressionSyntax, ArgumentList.Arguments: var arguments } call
                    && arguments.Count == method.Parameters.Length && NameOfCalled(call.Expression) == method.Name
                    && !method.ContainingType.DeclaringSyntaxReferences.Any(part => part.SyntaxTree == tree && part.Span.Contains(call.Span)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static readonly string[] WordsOfWaiting = ["Wait", "Join", "Drain", "Spin", "Sleep", "GetResult", "GetOverlappedResult", "Result", "SignalAndWait"];

    /// <summary>Whether a name is that of something that is waited for, or waits: until then what goes on beside may have ended.</summary>
    public static bool SaysWait(string name) => Array.Exists(WordsOfWaiting, word => name.StartsWith(word, StringComparison.Ordinal));

    /// <summary>Whether control may stay here until another thread has done something.</summary>
    public static bool MayWait(SyntaxNode node) => node is AwaitExpressionSyntax or LockStatementSyntax or WhileStatementSyntax or DoStatementSyntax;
}
