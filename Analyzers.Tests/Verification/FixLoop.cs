using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Analyses and fixes in turn until nothing is offered, and stops at no progress, at a cycle and at the limit.</summary>
internal sealed class FixLoop
{
    private readonly IFixStep _step;
    private readonly IterationLimit _limit;
    private readonly CodeFixTestBehaviors _behaviors;
    private readonly ImmutableArray<CodeFixProvider> _providers;
    private readonly CodeActionChoice _choice;
    private readonly Func<Solution, string, CancellationToken, Task<ImmutableArray<AnalyzedDiagnostic>>> _analyze;

    public FixLoop(
        IFixStep step,
        IterationLimit limit,
        CodeFixTestBehaviors behaviors,
        ImmutableArray<CodeFixProvider> providers,
        CodeActionChoice choice,
        Func<Solution, string, CancellationToken, Task<ImmutableArray<AnalyzedDiagnostic>>> analyze)
    {
        _step = step;
        _limit = limit;
        _behaviors = behaviors;
        _providers = providers;
        _choice = choice;
        _analyze = analyze;
    }

    public async Task<FixOutcome> RunAsync(Solution solution, CancellationToken cancel)
    {
        string text = await TextOfAsync(solution, cancel);
        HashSet<string> seen = [text];
        string previousReports = "";
        for (int iterations = 0; ; iterations++)
        {
            var all = await _analyze(solution, _step.Name, cancel);
            RegisteredFix? fix = await FindAsync(solution, all, cancel);
            if (fix is null)
                return new FixOutcome(solution, iterations, _limit.Violation(iterations));

            string reports = string.Join('\n', all);
            if (reports == previousReports)
                return new FixOutcome(solution, iterations, $"No progress: the text changed, and the reports stay the same.\n{reports}");
            if (iterations == _limit.Maximum)
            {
                string excess = $"{_limit.Violation(iterations + 1)} Offered again: '{fix.Action.Title}' for {fix.Target}";
                return new FixOutcome(solution, iterations, excess);
            }


            previousReports = reports;
            string previousText = text;
            solution = await _step.ApplyAsync(fix, all, cancel);
            text = await TextOfAsync(solution, cancel);
            if (text == previousText)
                return new FixOutcome(solution, iterations + 1, $"No progress: '{fix.Action.Title}' was offered and changed nothing.");
            if (!seen.Add(text))
                return new FixOutcome(solution, iterations + 1, "Cycle: the fixes undo each other.");

            if (_behaviors.HasFlag(CodeFixTestBehaviors.FixOne))
                return new FixOutcome(solution, iterations + 1, null);
        }
    }

    private Task<RegisteredFix?> FindAsync(Solution solution, ImmutableArray<AnalyzedDiagnostic> all, CancellationToken cancel)
    {
        ImmutableArray<AnalyzedDiagnostic> fixable =
            [.. all.Where(analyzed => _providers.Any(provider => provider.FixableDiagnosticIds.Contains(analyzed.Diagnostic.Id)))];
        if (!_behaviors.HasFlag(CodeFixTestBehaviors.SkipLocalDiagnosticCheck)
            && fixable.FirstOrDefault(analyzed => !analyzed.IsLocal) is { } distant)
        {
            throw new VerificationException(
                $"{_step.Name}: {distant} is reported only when the whole compilation has been seen: " +
                "a non-local diagnostic is not fixable in editors.");
        }

        return RegisteredFix.FindFirstAsync(
            solution,
            _behaviors.HasFlag(CodeFixTestBehaviors.FixOne) ? fixable.Take(1) : fixable,
            _providers,
            _choice,
            cancel);
    }

    private static async Task<string> TextOfAsync(Solution solution, CancellationToken cancel)
    {
        StringBuilder text = new();
        foreach (TextDocument document in solution.Projects.SelectMany(project => project.Documents.Concat(project.AdditionalDocuments)))
        {
            SourceText content = await document.GetTextAsync(cancel);
            text.Append(document.FilePath ?? document.Name).Append('\0').Append(content).Append('\0');
        }

        return text.ToString();
    }
}
