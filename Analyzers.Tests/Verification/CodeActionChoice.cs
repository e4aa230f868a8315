namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Which of several registered actions a test is about.</summary>
internal sealed record CodeActionChoice(int? Index, string? EquivalenceKey)
{
    public RegisteredFix? Choose(IReadOnlyList<RegisteredFix> registered)
    {
        if (EquivalenceKey is null)
            return registered.ElementAtOrDefault(Index ?? 0);

        RegisteredFix? byKey = registered.FirstOrDefault(fix => fix.Action.EquivalenceKey == EquivalenceKey);
        if (Index is { } index && byKey is not null && !ReferenceEquals(registered.ElementAtOrDefault(index), byKey))
            throw new VerificationException($"The action '{EquivalenceKey}' is not the one at index {index}.");
        return byKey;
    }
}
