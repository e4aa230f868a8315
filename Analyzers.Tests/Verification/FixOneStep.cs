using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Applies the action to the diagnostic it was registered for.</summary>
internal sealed class FixOneStep : IFixStep
{
    private readonly CodeActionValidationMode _validation;

    public FixOneStep(CodeActionValidationMode validation)
    {
        _validation = validation;
    }

    public string Name => "Iterative code fix application";

    public Task<Solution> ApplyAsync(RegisteredFix fix, ImmutableArray<AnalyzedDiagnostic> all, CancellationToken cancel) =>
        AppliedAction.ApplyAsync(fix.Action, fix.Document.Project.Solution, _validation, cancel);
}
