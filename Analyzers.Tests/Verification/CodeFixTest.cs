using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>
/// One test of a fix: what is reported, what the fix makes of it one by one and in every Fix All scope, and what is reported afterwards.
/// A fixed code equal to the test code says that no fix is offered.
/// </summary>
public abstract class CodeFixTest : AnalyzerTest
{
    public string FixedCode
    {
        set => FixedState.Sources.Add(value);
    }

    public SolutionState FixedState { get; } = new(DefaultProjectName, DefaultPrefix, "cs");

    public string BatchFixedCode
    {
        set => BatchFixedState.Sources.Add(value);
    }

    /// <summary>What Fix All makes, where it differs from fixing one by one.</summary>
    public SolutionState BatchFixedState { get; } = new(DefaultProjectName, DefaultPrefix, "cs");

    public CodeFixTestBehaviors CodeFixTestBehaviors { get; set; }

    public CodeActionValidationMode CodeActionValidationMode { get; set; } = CodeActionValidationMode.SemanticStructure;

    /// <summary>The place of the action among those offered for a diagnostic; the first when nothing is said.</summary>
    public int? CodeActionIndex { get; set; }

    public string? CodeActionEquivalenceKey { get; set; }

    /// <summary>Positive is exact, negative an upper bound, zero none; by default at most one for each fixable diagnostic.</summary>
    public int? NumberOfIncrementalIterations { get; set; }

    /// <summary>Of Fix All in the solution, and in the other scopes when they say nothing; by default one.</summary>
    public int? NumberOfFixAllIterations { get; set; }

    public int? NumberOfFixAllInDocumentIterations { get; set; }

    public int? NumberOfFixAllInProjectIterations { get; set; }

    private protected override IReadOnlySet<string> FixableIds =>
        field ??= Providers.SelectMany(provider => provider.FixableDiagnosticIds).ToImmutableHashSet();

    private ImmutableArray<CodeFixProvider> Providers => field.IsDefault ? field = [.. GetCodeFixProviders()] : field;

    protected abstract IEnumerable<CodeFixProvider> GetCodeFixProviders();

    private protected override async Task RunImplAsync(SolutionState testState, CancellationToken cancel)
    {
        SolutionState fixedState = FixedState.Inherit(testState, FixableIds);
        SolutionState batchFixedState = BatchFixedState.Inherit(fixedState, FixableIds);
        ExpectedSolution input = Read(testState);
        var compiled = await VerifyInputAsync(input, cancel);
        if (!FixedState.IsSet && !BatchFixedState.IsSet)
            return;

        ExpectedSolution output = Read(fixedState);
        ExpectedSolution batchOutput = Read(batchFixedState);
        await VerifyFixesAsync(input, output, batchOutput, cancel);
        await VerifyFixedAsync(output, "Diagnostics of the fixed state", fixedState, compiled, cancel);
        if (BatchFixedState.IsSet && !CodeFixTestBehaviors.HasFlag(CodeFixTestBehaviors.SkipFixAllCheck))
            await VerifyFixedAsync(batchOutput, "Diagnostics of the batch fixed state", batchFixedState, compiled, cancel);
    }

    private protected override bool IsIncluded(Diagnostic compilerDiagnostic) =>
        base.IsIncluded(compilerDiagnostic) || FixableIds.Contains(compilerDiagnostic.Id);

    private async Task VerifyFixesAsync(
        ExpectedSolution input,
        ExpectedSolution output,
        ExpectedSolution batchOutput,
        CancellationToken cancel)
    {
        ImmutableArray<DiagnosticResult> fixable = [.. input.Diagnostics.Where(diagnostic => FixableIds.Contains(diagnostic.Id))];
        await VerifyFixAsync(
            new FixOneStep(CodeActionValidationMode),
            new IterationLimit(NumberOfIncrementalIterations ?? (input.SameTextAs(output) ? 0 : -fixable.Length)),
            input,
            output,
            cancel);

        int documents = fixable.Where(diagnostic => diagnostic.HasLocation)
            .Select(diagnostic => diagnostic.Spans[0].Span.Path)
            .Distinct()
            .Count();
        bool changes = !input.SameTextAs(batchOutput);
        (FixAllScope Scope, CodeFixTestBehaviors Skip, int Limit)[] scopes =
        [
            (FixAllScope.Document, CodeFixTestBehaviors.SkipFixAllInDocumentCheck,
                NumberOfFixAllInDocumentIterations ?? NumberOfFixAllIterations ?? (changes ? -documents : 0)),
            (FixAllScope.Project, CodeFixTestBehaviors.SkipFixAllInProjectCheck,
                NumberOfFixAllInProjectIterations ?? NumberOfFixAllIterations ?? -input.CountChangedProjects(batchOutput)),
            (FixAllScope.Solution, CodeFixTestBehaviors.SkipFixAllInSolutionCheck, NumberOfFixAllIterations ?? (changes ? 1 : 0)),
        ];
        foreach (var (scope, skip, limit) in scopes.Where(scope => !CodeFixTestBehaviors.HasFlag(scope.Skip)))
        {
            FixAllStep step = new(scope, CodeActionValidationMode);
            await VerifyFixAsync(step, new IterationLimit(limit), input, batchOutput, cancel);
        }
    }

    private async Task VerifyFixAsync(
        IFixStep step,
        IterationLimit limit,
        ExpectedSolution input,
        ExpectedSolution output,
        CancellationToken cancel)
    {
        FixLoop loop = new(
            step,
            limit,
            CodeFixTestBehaviors,
            Providers,
            new CodeActionChoice(CodeActionIndex, CodeActionEquivalenceKey),
            AnalyzeAsync);
        FixOutcome outcome = await loop.RunAsync(await CreateSolutionAsync(input, cancel), cancel);

        string? difference = await FixedText.CompareAsync(output, outcome.Solution, cancel);
        if (difference is null && outcome.Failure is null)
            return;

        string offered = outcome.Iterations == 0 && difference is not null ? "No matching code fix was registered. " : "";
        throw new VerificationException($"{step.Name}, after {outcome.Iterations} iterations: {offered}{outcome.Failure}\n{difference}");
    }

    private async Task VerifyFixedAsync(
        ExpectedSolution output,
        string stage,
        SolutionState state,
        ImmutableArray<Diagnostic> compiledInput,
        CancellationToken cancel)
    {
        string hint = state.MarkupHandling == MarkupMode.IgnoreFixable
            ? "\nMarkup of fixable IDs in fixed code is ignored: " +
                $"set {nameof(SolutionState.MarkupHandling)} = MarkupMode.Allow to expect what is left."
            : "";
        var compiled = await VerifyStateAsync(output, stage, hint, cancel);

        var known = compiledInput.ToLookup(diagnostic => diagnostic.Id);
        var listed = output.Diagnostics.ToLookup(diagnostic => diagnostic.Id);
        var added = compiled.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
            .GroupBy(diagnostic => diagnostic.Id)
            .FirstOrDefault(group => group.Count() > known[group.Key].Count() + listed[group.Key].Count());
        if (added is not null)
            throw new VerificationException($"{stage}: the fix brings a new compiler diagnostic.\n{string.Join('\n', added)}");
    }
}
