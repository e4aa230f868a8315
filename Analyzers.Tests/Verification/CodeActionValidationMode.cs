namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>How closely the tree that a fix made is held against the tree that the parser makes of its text.</summary>
public enum CodeActionValidationMode
{
    None,

    /// <summary>Nodes and tokens are the same.</summary>
    SemanticStructure,

    /// <summary>Trivia too.</summary>
    Full,
}
