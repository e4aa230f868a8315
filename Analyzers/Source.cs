using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers;

/// <summary>The bodies of a compilation's own methods, for who calls them from another type. Each is read when somebody asks, and only then.</summary>
internal sealed class Source(Compilation compilation)
{
    /// <summary>How long the text of a method may be, in characters, to be read for those who call it.</summary>
    public const int MaxLength = 6000;

    /// <summary>
    /// The graph of the one body that a call of <paramref name="method"/> runs, or of the initializer of a field; null for what has none, is too long, or is
    /// not complete.
    /// </summary>
    public ControlFlowGraph? GraphOf(ISymbol method, CancellationToken cancellation)
    {
        if (method.DeclaringSyntaxReferences.Length != 1 || !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly))
        {
            return null;
        }

        SyntaxReference declared = method.DeclaringSyntaxReferences[0];
        if (declared.Span.Length > MaxLength || !compilation.ContainsSyntaxTree(declared.SyntaxTree) || BodyOf(declared.GetSyntax(cancellation)) is not { } body)
        {
            return null;
        }

        // Of another file's code only the few bodies that are asked for are bound. The model is the one that the compiler's driver has for the file.
#pragma warning disable RS1030
        SemanticModel model = compilation.GetSemanticModel(declared.SyntaxTree);
#pragma warning restore RS1030
        return model.GetOperation(body, cancellation) is { Parent: null } root && !root.Descendants().Any(static operation => operation.Kind == OperationKind.Invalid)
            ? TypeAnalysis.GraphOf(root)
            : null;
    }

    private static SyntaxNode? BodyOf(SyntaxNode declaration) => declaration switch
    {
        BaseMethodDeclarationSyntax { Body: null, ExpressionBody: null } => null,
        BaseMethodDeclarationSyntax method => method,
        AccessorDeclarationSyntax { Body: null, ExpressionBody: null } => null,
        AccessorDeclarationSyntax accessor => accessor,
        ArrowExpressionClauseSyntax arrow => arrow,
        VariableDeclaratorSyntax { Initializer: { } initializer } => initializer,
        PropertyDeclarationSyntax { Initializer: { } initializer } => initializer,
        _ => null,
    };
}
