using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>What was extracted remembers the mode, whatever the iterator has become since.</summary>
internal sealed class RememberedMode() : Repair(WrongIteratorFix.RememberedKey)
{
    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (ModeQuestion.At(report.Spot) is { } question
            && (question.Converter(model)?.ToString() ?? ModeQuestion.Remembering(report.Origin, model)?.Name) is { } remembering)
        {
            yield return new Proposal(
                $"Ask '{remembering}', which remembers the mode", question.AnsweredBy(Names.Written(remembering), model.SyntaxTree.GetRoot(cancellationToken), model));
        }
    }
}
