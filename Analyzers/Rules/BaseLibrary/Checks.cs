using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>Methods that look at how something went and throw where it has failed: a call of one is a way out like a <c>throw</c>.</summary>
internal static class Checks
{
    private static readonly string[] WordsOfThrowing = ["ThrowIf", "ThrowOn", "ThrowExceptionFor"];

    /// <summary>The argument on which it depends whether the call throws; null where none is known to.</summary>
    public static IOperation? CheckedBy(IInvocationOperation call)
    {
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.None or RefKind.In } parameter && IsStatus(parameter.Type) && ThrowsOn(call.TargetMethod, parameter))
            {
                return argument.Value;
            }
        }

        return null;
    }

    /// <summary>The call that a use passes a value to, by which that is looked at.</summary>
    public static IInvocationOperation? CallAt(Fact use)
    {
        IOperation? value = use.Operation;
        while (value?.Parent is IConversionOperation)
        {
            value = value.Parent;
        }

        return value is IInvocationOperation { Parent: not IArgumentOperation } self ? self : (value?.Parent as IArgumentOperation)?.Parent as IInvocationOperation;
    }

    /// <summary>Whether a value of the type can tell how a call went: a number, a truth value, an error of some sort, an address that may be null.</summary>
    private static bool IsStatus(ITypeSymbol type) =>
        type.TypeKind is TypeKind.Enum or TypeKind.Pointer
        || type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_UInt64) or SpecialType.System_IntPtr or SpecialType.System_UIntPtr
        || type is { TypeKind: TypeKind.Struct, IsUnmanagedType: true };

    private static bool ThrowsOn(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (method.DeclaringSyntaxReferences.IsEmpty)
        {
            return Array.Exists(WordsOfThrowing, word => method.Name.StartsWith(word, StringComparison.Ordinal));
        }

        return !method.IsVirtual && !method.IsAbstract && !method.IsOverride && method.DeclaringSyntaxReferences[0].GetSyntax() is var declared && parameter.Ordinal < method.OriginalDefinition.Parameters.Length
            && ThrowsOn(declared, method.OriginalDefinition.Parameters[parameter.Ordinal].Name);
    }

    /// <summary>Whether a method throws on one of the branches of a test of the parameter, or has another check do so.</summary>
    private static bool ThrowsOn(SyntaxNode method, string parameter)
    {
        foreach (SyntaxNode node in method.DescendantNodes())
        {
            bool isThrow = node is ThrowStatementSyntax or ThrowExpressionSyntax
                || (node is InvocationExpressionSyntax call && MemberSyntax.NameOfCalled(call.Expression) is { } name && name.StartsWith("Throw", StringComparison.Ordinal));
            if (isThrow && (Depends(node, method, parameter) || (node is InvocationExpressionSyntax { ArgumentList: var given, Expression: var called } && (MemberSyntax.Mentions(given, parameter) || MemberSyntax.Mentions(called, parameter)) && !IsHandled(node, method))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it depends on the parameter whether control comes to the node, and nothing catches what is thrown there.</summary>
    private static bool Depends(SyntaxNode node, SyntaxNode method, string parameter)
    {
        bool depends = false;
        for (SyntaxNode? outer = node.Parent; outer is not null && outer != method; outer = outer.Parent)
        {
            depends |= outer switch
            {
                IfStatementSyntax branch => MemberSyntax.Mentions(branch.Condition, parameter),
                ConditionalExpressionSyntax choice => MemberSyntax.Mentions(choice.Condition, parameter),
                SwitchStatementSyntax choice => MemberSyntax.Mentions(choice.Expression, parameter),
                SwitchExpressionSyntax choice => MemberSyntax.Mentions(choice.GoverningExpression, parameter),
                _ => false,
            };
        }

        if (node is ThrowStatementSyntax && !depends && node.Parent is BlockSyntax { Parent: var owner } block && owner == method)
        {
            // What comes after a test that returns where all is well.
            depends = block.Statements.Any(statement => statement.SpanStart < node.SpanStart && statement is IfStatementSyntax early && MemberSyntax.Leaves(early.Statement) && MemberSyntax.Mentions(early.Condition, parameter));
        }

        return depends && !IsHandled(node, method);
    }

    private static bool IsHandled(SyntaxNode node, SyntaxNode method) => node.Ancestors().TakeWhile(outer => outer != method).Any(outer =>
        outer is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax || (outer is TryStatementSyntax { Catches.Count: > 0 } tried && tried.Block.Span.Contains(node.Span)));
}
