using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Pages;

/// <summary>A call that fills page fragments.</summary>
internal sealed class Acquisition
{
    private Acquisition(InvocationExpressionSyntax call, IMethodSymbol method, ArgumentSyntax pages)
    {
        Call = call;
        Method = method;
        Pages = pages;
    }

    public InvocationExpressionSyntax Call { get; }

    public IMethodSymbol Method { get; }

    /// <summary>The argument that is filled.</summary>
    public ArgumentSyntax Pages { get; }

    public bool IsLegacy => PageApi.IsLegacyGetter(Method);

    public bool Allocates => Method.Name == "GetPagesAlloc";

    public SimpleNameSyntax? Name => NameOf(Call);

    /// <summary>The acquisition that a node names or is.</summary>
    public static Acquisition? At(SyntaxNode? node, SemanticModel model)
    {
        if (CallAt(node) is not { } call
            || model.GetSymbolInfo(call).Symbol is not IMethodSymbol method
            || !PageApi.Fills(method))
        {
            return null;
        }

        foreach (ArgumentSyntax argument in call.ArgumentList.Arguments)
        {
            if (argument.NameColon is not { } name || name.Name.Identifier.ValueText == method.Parameters[0].Name)
            {
                return new Acquisition(call, method, argument);
            }
        }

        return null;
    }

    /// <summary>The call that a node is, or whose member it names.</summary>
    public static InvocationExpressionSyntax? CallAt(SyntaxNode? node) => node switch
    {
        InvocationExpressionSyntax call => call,
        SimpleNameSyntax { Parent: InvocationExpressionSyntax call } name when call.Expression == name => call,
        SimpleNameSyntax { Parent: MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access } name
            when access.Name == name && call.Expression == access => call,
        SimpleNameSyntax { Parent: MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax call } } => call,
        _ => null,
    };

    public static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };
}
