using Microsoft.CodeAnalysis;

namespace BufferLifetime.CodeFixes.Repairs;

/// <summary>One way to repair what a rule reports.</summary>
/// <param name="key">The equivalence key: by it, Fix All knows what to do again.</param>
internal abstract class Repair(string key)
{
    public string Key { get; } = key;

    /// <summary>
    /// What can be done about a report, the best first. The first proposal that passes the checks is taken; where there is none,
    /// nothing is offered. All changes lie in the outermost type that holds the report.
    /// </summary>
    public abstract IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken);
}
