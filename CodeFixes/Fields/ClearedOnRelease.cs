using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Fields;

/// <summary>
/// Who releases what a field owns takes it out of the field in the same step, and finds nothing there the next time: a second disposal, a
/// retry and another thread do no harm.
/// </summary>
internal sealed class ClearedOnRelease() : Repair(FieldNotClearedFix.ClearKey)
{
    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        // A use is no release: what it should do without the buffer, nobody knows.
        if (Acquisition.CallAt(report.Spot) is not { } second
            || Acquisition.CallAt(report.Origin) is not { } first
            || FieldRelease.FieldOf(second, model) is not var (field, _)
            || FieldRelease.FieldOf(first, model) is not var (earlier, _)
            || !SymbolEqualityComparer.Default.Equals(field, earlier)
            || field.ContainingType.DeclaringSyntaxReferences is not { Length: 1 } parts
            || field.DeclaringSyntaxReferences is not { Length: 1 } declared
            || declared[0].GetSyntax(cancellationToken) is not VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax declaration }
            || FieldRelease.AllOf(field, parts[0].GetSyntax(cancellationToken), model) is not { Count: > 0 } releases)
        {
            yield break;
        }

        string title = $"Clear '{field.Name}' when it is released";
        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        bool mayBeNull = !field.Type.IsReferenceType || field.NullableAnnotation != NullableAnnotation.NotAnnotated;
        if (!mayBeNull && declaration.Declaration.Variables.Count == 1 && Changed(root, field, declaration, releases, "null", true, model) is { } nullable)
        {
            yield return new Proposal(title, nullable);
        }

        if (Changed(root, field, declaration, releases, mayBeNull ? "null" : "null!", false, model) is { } changed)
        {
            yield return new Proposal(title, changed);
        }
    }

    private static SyntaxNode? Changed(
        SyntaxNode root, IFieldSymbol field, FieldDeclarationSyntax declaration, IReadOnlyList<FieldRelease> releases, string nothing, bool annotate, SemanticModel model)
    {
        SyntaxTrivia lineEnd = Formatting.LineEnd(root);
        SyntaxNode changed = root.TrackNodes([declaration, .. releases.Select(release => release.Place)]);
        foreach (FieldRelease release in releases)
        {
            if (Statements(release, field, declaration, nothing, model) is not { } statements)
            {
                return null;
            }

            changed = Replacement.Of(changed, changed.GetCurrentNode(release.Place)!, statements, lineEnd);
        }

        FieldDeclarationSyntax current = changed.GetCurrentNode(declaration)!;
        FieldDeclarationSyntax emptied = WithoutReadOnly(current);
        if (annotate)
        {
            TypeSyntax type = emptied.Declaration.Type;
            emptied = emptied.ReplaceNode(type, SyntaxFactory.NullableType(type.WithoutTrailingTrivia()).WithTrailingTrivia(type.GetTrailingTrivia()));
        }

        return emptied == current ? changed : changed.ReplaceNode(current, emptied);
    }

    /// <summary>What stands in the place of a release, or null for a type that is not emptied so.</summary>
    private static string[]? Statements(FieldRelease release, IFieldSymbol field, FieldDeclarationSyntax declaration, string nothing, SemanticModel model)
    {
        string place = release.Released.WithoutTrivia().ToString();
        if (field.Type is IPointerTypeSymbol)
        {
            return [$"if ({place} != null)\n{{\n    {release.Call.WithoutTrivia()};\n    {place} = null;\n}}"];
        }

        string exchange = PageApi.NameOf("System.Threading.Interlocked", model, release.Call) + ".Exchange";
        string name = Names.Free(field.Name.TrimStart('_') is { Length: > 0 } bare && bare != field.Name ? bare : "released", release.Call, model);
        string call = release.Call.ReplaceNode(release.Released, SyntaxFactory.IdentifierName(name)).WithoutTrivia().ToString();
        string written = declaration.Declaration.Type.WithoutTrivia().ToString();
        string zero = declaration.Declaration.Type is PredefinedTypeSyntax or IdentifierNameSyntax { Identifier.ValueText: "nint" or "nuint" } ? "0" : written + ".Zero";
        return field.Type switch
        {
            { IsReferenceType: true } => [$"if ({exchange}(ref {place}, {nothing}) is {{ }} {name})\n{{\n    {call};\n}}"],
            { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } =>
                [$"{written} {name} = {exchange}(ref {place}, {zero});", $"if ({name} != {zero})\n    {call};"],
            _ => null,
        };
    }

    private static FieldDeclarationSyntax WithoutReadOnly(FieldDeclarationSyntax declaration)
    {
        int index = declaration.Modifiers.IndexOf(SyntaxKind.ReadOnlyKeyword);
        if (index < 0)
        {
            return declaration;
        }

        SyntaxTriviaList leading = declaration.Modifiers[index].LeadingTrivia;
        FieldDeclarationSyntax written = declaration.WithModifiers(declaration.Modifiers.RemoveAt(index));
        return index == 0 ? written.WithLeadingTrivia(leading) : written;
    }
}
