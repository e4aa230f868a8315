using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>Whether the compiler has nothing to say about a changed type that it did not say before.</summary>
internal static class CompilerCheck
{
    public static async Task<bool> IsPassedAsync(SemanticModel before, SyntaxNode spot, Document changed, CancellationToken cancellationToken)
    {
        SemanticModel? after = await changed.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (after is null)
        {
            return false;
        }

        SyntaxNode type = TypeAround(spot);
        SyntaxNode root = await after.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);

        // Nothing before the type has changed: it starts where it did.
        SyntaxNode changedType = type is CompilationUnitSyntax ? root : TypeAround(root.FindToken(type.SpanStart).Parent!);
        Dictionary<string, int> known = Count(before, type.Span, cancellationToken);
        foreach (KeyValuePair<string, int> found in Count(after, changedType.Span, cancellationToken))
        {
            if (!known.TryGetValue(found.Key, out int count) || count < found.Value)
            {
                return false;
            }
        }

        return true;
    }

    private static SyntaxNode TypeAround(SyntaxNode node) =>
        (SyntaxNode?)node.AncestorsAndSelf().OfType<BaseTypeDeclarationSyntax>().LastOrDefault() ?? node.SyntaxTree.GetRoot();

    private static Dictionary<string, int> Count(SemanticModel model, TextSpan span, CancellationToken cancellationToken)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (Diagnostic diagnostic in model.GetDiagnostics(span, cancellationToken))
        {
            if (diagnostic.Severity >= DiagnosticSeverity.Warning)
            {
                counts[diagnostic.Id] = (counts.TryGetValue(diagnostic.Id, out int count) ? count : 0) + 1;
            }
        }

        return counts;
    }
}
