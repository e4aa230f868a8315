using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Releases;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Fields;

/// <summary>What a field owned is released after it has the new one: if there is none to be had, it keeps the old.</summary>
internal sealed class ReleasedWhenOverwritten() : Repair(FieldOverwrittenFix.ReleaseKey)
{
    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (report.Spot is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment
            || PlaceOf(assignment) is not { } place
            || model.GetSymbolInfo(assignment.Left, cancellationToken).Symbol is not IFieldSymbol field
            || Views.NamesOf(field, assignment.Right, model).Any()
            || FormOf(assignment.Right, report.Origin, model) is not { } form)
        {
            yield break;
        }

        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        string old = Names.Free("old", assignment, model);
        bool mayBeEmpty = !field.Type.IsReferenceType || field.NullableAnnotation != NullableAnnotation.NotAnnotated;
        string[] statements =
        [
            $"{field.Type.ToMinimalDisplayString(model, assignment.SpanStart)} {old} = {assignment.Left.WithoutTrivia()};",
            $"{assignment.WithoutTrivia()};",
            form.StatementFor(old, mayBeEmpty).ToString(),
        ];
        yield return new Proposal($"Release what '{field.Name}' had", Replacement.Of(root, place, statements, Formatting.LineEnd(root)));
    }

    private static SyntaxNode? PlaceOf(AssignmentExpressionSyntax assignment) => assignment.Parent switch
    {
        ExpressionStatementSyntax { ContainsDirectives: false } statement => statement,
        ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax { ReturnType: PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } } } arrow => arrow,
        _ => null,
    };

    /// <summary>The old one is released as the new one will have to be, or as what takes it says.</summary>
    private static ReleaseForm? FormOf(ExpressionSyntax value, SyntaxNode? origin, SemanticModel model)
    {
        ExpressionSyntax? taking = ReleaseForm.Bare(value) switch
        {
            InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax => ReleaseForm.Bare(value),
            _ => Acquisition.CallAt(origin) ?? (ExpressionSyntax?)(origin as BaseObjectCreationExpressionSyntax),
        };
        return taking is null ? null : ReleaseForm.Of(taking, model);
    }
}
