using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Project__.Model;

public enum Order__State
{
    Draft,
    Placed,
    Paid,
    Shipped,
    Cancelled,
}

public sealed record Order__Line(string Product, int Quantity, decimal Price)
{
    public decimal Total => Quantity * Price;
}

public sealed class Order__(Guid id, string customer, DateTimeOffset created)
{
    private readonly List<Order__Line> _lines = [];

    public Guid Id { get; } = id;

    public string Customer { get; } = customer ?? throw new ArgumentNullException(nameof(customer));

    public DateTimeOffset Created { get; } = created;

    public Order__State State { get; private set; }

    public IReadOnlyList<Order__Line> Lines => _lines;

    public decimal Total => _lines.Sum(line => line.Total);

    public void Add(Order__Line line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (State != Order__State.Draft)
            throw new InvalidOperationException($"Order {Id} is {State}.");
        if (line.Quantity <= 0)
            throw new ArgumentOutOfRangeException(nameof(line), line.Quantity, "A line needs a quantity.");

        int same = _lines.FindIndex(other => other.Product == line.Product && other.Price == line.Price);
        if (same < 0)
            _lines.Add(line);
        else
            _lines[same] = _lines[same] with { Quantity = _lines[same].Quantity + line.Quantity };
    }

    public bool TryMove(Order__State next, [NotNullWhen(false)] out string? reason)
    {
        reason = (State, next) switch
        {
            (Order__State.Draft, Order__State.Placed) when _lines.Count == 0 => "An empty order is not placed.",
            (Order__State.Draft, Order__State.Placed) => null,
            (Order__State.Placed, Order__State.Paid) => null,
            (Order__State.Paid, Order__State.Shipped) => null,
            (Order__State.Shipped, Order__State.Cancelled) => "What is shipped is not cancelled.",
            (_, Order__State.Cancelled) => null,
            _ => $"From {State} nothing becomes {next}.",
        };
        if (reason is not null)
            return false;

        State = next;
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Customer}: {_lines.Count} lines, {Total:n2} ({State})");
}
