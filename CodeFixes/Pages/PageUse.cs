using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Pages;

internal enum PageUseKind
{
    /// <summary>Something is read of the pages that they outlive.</summary>
    Value,

    /// <summary>How many they can be is asked.</summary>
    Size,

    /// <summary>The dangerous address is read; the node is its name.</summary>
    Address,

    /// <summary>The node is the call that releases them, all or some.</summary>
    Release,

    /// <summary>The node is the call that fills them.</summary>
    Fill,

    /// <summary>They are an argument of a call that may do anything with them, also release them.</summary>
    Passed,

    /// <summary>They are returned, stored or captured: somebody else may release them.</summary>
    HandedOn,

    /// <summary>The variable gets other pages.</summary>
    Replaced,
}

/// <summary>One use of pages, or of what is a view of them.</summary>
internal sealed record PageUse(PageUseKind Kind, SyntaxNode Node);
