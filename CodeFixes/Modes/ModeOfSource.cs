using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Releases;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>The iterator that was converted is asked, where it still is the same.</summary>
internal sealed class ModeOfSource() : Repair(WrongIteratorFix.SourceKey)
{
    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (ModeQuestion.At(report.Spot) is { } question
            && question.Converter(model) is { } converter
            && model.GetSymbolInfo(converter, cancellationToken).Symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references }
            && references[0].GetSyntax(cancellationToken) is VariableDeclaratorSyntax
            {
                Initializer.Value: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax source } },
            }
            && model.GetSymbolInfo(source, cancellationToken).Symbol is { Kind: SymbolKind.Local or SymbolKind.Parameter } iterator
            && !Views.NamesOf(iterator, PageUses.ScopeOf(source), model).Any(static name => IsGivenAnother(name)))
        {
            yield return new Proposal($"Ask '{iterator.Name}', the source", question.AskedOf(Names.Written(iterator.Name), model.SyntaxTree.GetRoot(cancellationToken)));
        }
    }

    private static bool IsGivenAnother(IdentifierNameSyntax name) =>
        name.Parent is AssignmentExpressionSyntax assignment ? assignment.Left == name : name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 };
}
