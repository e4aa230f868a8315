using BufferLifetime.Analyzers.Rules;
using BufferLifetime.Analyzers.Symbols;
using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>The release gets the verb of the extraction's mode; Release, which follows the mode, where it is not the same on every path.</summary>
internal sealed class MatchingVerb(string key, bool followsMode) : Repair(key)
{
    private const string ModeDriven = "Release";

    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (Acquisition.CallAt(report.Spot) is not { } call
            || Acquisition.NameOf(call) is not { } name
            || model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method
            || !PageApi.IsRelease(method)
            || !report.Properties.TryGetValue(DiagnosticProperties.Verb, out string? matching)
            || matching is null)
        {
            yield break;
        }

        bool isKnown = report.IsCertain || IsTakenInOneWay(report, model);
        string verb = followsMode || !isKnown ? ModeDriven : matching;

        // Where Release is all that fits, it is offered once.
        if (name.Identifier.ValueText == verb || (followsMode && (!isKnown || matching == ModeDriven)))
        {
            yield break;
        }

        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        yield return new Proposal(verb == ModeDriven ? "Use Release, which follows the mode" : $"Use {verb}", root.ReplaceNode(name, name.Renamed(verb)));
    }

    /// <summary>
    /// Whether the paths on which the release is right are those on which there is nothing to release: a single call takes the pages, and
    /// always asks for the same.
    /// </summary>
    private static bool IsTakenInOneWay(Report report, SemanticModel model) =>
        Acquisition.At(report.Origin, model) is { } taken
        && PageUses.Of(taken, model) is { } uses
        && uses.Of(PageUseKind.Fill).Count() == 1
        && taken.Call.ArgumentList.Arguments.All(argument =>
            MetadataNames.Of(model.GetTypeInfo(argument.Expression).Type) != PageApi.Flags || model.GetConstantValue(argument.Expression).HasValue);
}
