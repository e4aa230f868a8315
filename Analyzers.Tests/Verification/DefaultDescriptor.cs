using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace BufferLifetime.Analyzers.Tests.Verification;

/// <summary>The descriptor that is meant where a test names none.</summary>
internal sealed class DefaultDescriptor
{
    private readonly ImmutableArray<DiagnosticDescriptor> _supported;
    private readonly string? _id;
    private readonly bool _first;

    public DefaultDescriptor(ImmutableArray<DiagnosticDescriptor> supported, string? id = null, bool first = false)
    {
        _supported = supported;
        _id = id;
        _first = first;
    }

    /// <summary>The one candidate; several without a choice, or none, fail the test.</summary>
    public DiagnosticDescriptor Require()
    {
        if (_id is not null)
            return Find(_supported, _id);
        if (_supported.IsEmpty)
            throw new VerificationException("The analyzers support no diagnostic that could be meant here.");
        if (_supported.Length > 1 && !_first)
        {
            throw new VerificationException(
                $"Any of {string.Join(", ", _supported.Select(descriptor => descriptor.Id).Distinct())} could be meant: " +
                "write {|ID:…|}, name the ID, or set DefaultDiagnosticId or MarkupOptions.UseFirstDescriptor.");
        }

        return _supported[0];
    }

    public static DiagnosticDescriptor Find(ImmutableArray<DiagnosticDescriptor> supported, string id) =>
        supported.FirstOrDefault(descriptor => descriptor.Id == id)
        ?? throw new VerificationException($"The analyzers do not support '{id}'.");
}
