namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>Passes of a code-fix test that are left out or changed.</summary>
[Flags]
public enum CodeFixTestBehaviors
{
    None = 0,
    SkipFixAllInDocumentCheck = 1 << 0,
    SkipFixAllInProjectCheck = 1 << 1,
    SkipFixAllInSolutionCheck = 1 << 2,
    SkipFixAllCheck = SkipFixAllInDocumentCheck | SkipFixAllInProjectCheck | SkipFixAllInSolutionCheck,

    /// <summary>Applies one fix, to the first fixable diagnostic, and stops.</summary>
    FixOne = 1 << 3,

    /// <summary>Lets a fix answer a diagnostic that is reported when the whole compilation has been seen: editors offer none.</summary>
    SkipLocalDiagnosticCheck = 1 << 4,
}
